//! `papo bench`: the load test in the box. Not here: the load and the measuring, which the library does.

use std::io;

use papo_bench::{Options, yardstick};

use crate::exit::{Exit, Failure};
use crate::output;

/// Makes one measurement, or serves as the yardstick of one.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if let Some(address) = options.serve_yardstick {
        return yardstick::serve(address, io::stdout().lock())
            .map_err(|error| Failure::new(Exit::Other, format!("the yardstick has ended: {error}")));
    }
    let report = papo_bench::run(options, &mut |line| output::words(line))
        .map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
    if options.json {
        let json =
            serde_json::to_string(&report).map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
        output::line(&json)
    } else {
        output::line(report.to_string().trim_end())
    }
}
