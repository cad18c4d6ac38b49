//! `papo bench`: the load test in the box. Not here: the load and the measuring, which the library does.

use std::{env, fs, io};

use jiff::Zoned;
use papo_bench::report::{About, page};
use papo_bench::{BenchError, Options, yardstick};
use papo_words::{dates, system, t};

use crate::exit::{Exit, Failure};
use crate::output;

/// Makes one measurement, or serves as the yardstick of one.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if let Some(address) = options.serve_yardstick {
        return yardstick::serve(address, io::stdout().lock())
            .map_err(|error| Failure::new(Exit::Other, t!("cli-yardstick-ended", cause = %error)));
    }
    let report = papo_bench::run(options, &mut |line| output::words(line)).map_err(|error| {
        let exit = if matches!(error, BenchError::Options(_)) { Exit::Usage } else { Exit::Other };
        Failure::new(exit, error.to_string())
    })?;
    if let Some(path) = &options.report {
        fs::write(path, page(&report, &about())).map_err(|error| {
            Failure::local(t!("cli-report-unwritable", file = %path.display(), cause = system(&error)))
        })?;
    }
    if options.json {
        let json =
            serde_json::to_string(&report).map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
        output::line(&json)
    } else {
        output::line(report.to_string().trim_end())
    }
}

fn about() -> About {
    let words = env::args().skip(1).collect::<Vec<_>>();
    let now = Zoned::now();
    About {
        program: format!("papo {}", env!("CARGO_PKG_VERSION")),
        when: format!("{} {}", dates::short(now.date()), dates::time(now.time())),
        command: format!("papo {}", words.join(" ")),
    }
}
