//! The rule of length: a file is at most 500 code lines without its tests, a function at most 70.
//! Clippy counts functions too, but not those for other platforms than the one it runs on.

use super::{
    Finding,
    source::{Function, Source},
    tree::Tree,
};

/// Above this a file is two things.
const FILE_CODE_LINES_MAX: usize = 500;
/// Above this a function does not fit on a screen. The same number stands in `clippy.toml`.
const FUNCTION_CODE_LINES_MAX: usize = 70;

/// Every file and function that is too long.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(|(path, source)| check_file(path, source)).collect()
}

fn check_file(path: &str, source: &Source) -> Vec<Finding> {
    let code_lines = source.lines.iter().filter(|line| !line.is_test && line.is_code()).count();
    let file = (code_lines > FILE_CODE_LINES_MAX).then(|| {
        let text =
            format!("{code_lines} code lines without tests, more than {FILE_CODE_LINES_MAX}: split the file");
        Finding::new(path, 1, text)
    });
    let functions = source.functions();
    let long = functions.iter().filter(|f| f.code_lines > FUNCTION_CODE_LINES_MAX && !f.is_excused);
    file.into_iter().chain(long.map(|function| too_long(path, function))).collect()
}

fn too_long(path: &str, function: &Function) -> Finding {
    let Function { name, line, code_lines, .. } = function;
    let text = format!(
        "`{name}` has {code_lines} code lines, more than {FUNCTION_CODE_LINES_MAX}: give a piece of it a name of its \
         own, or say why not with #[expect(clippy::too_many_lines, reason = \"…\")]"
    );
    Finding::new(path, *line, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(code_lines: usize) -> String {
        format!("fn a() {{\n{}}}\n", "    b();\n".repeat(code_lines))
    }

    #[test]
    fn a_function_may_have_70_code_lines_and_not_71() {
        assert_eq!(check_file("a.rs", &Source::new(&function(70))), []);
        let findings = check_file("a.rs", &Source::new(&format!("\n{}", function(71))));
        assert_eq!((findings.len(), findings[0].line), (1, 2));
    }

    #[test]
    fn a_longer_function_may_say_why() {
        let text = format!("#[expect(clippy::too_many_lines, reason = \"one table\")]\n{}", function(71));
        assert_eq!(check_file("a.rs", &Source::new(&text)), []);
    }

    #[test]
    fn tests_do_not_count_for_the_length_of_a_file() {
        let code = "use a;\n".repeat(500);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    use b;\n".repeat(100));
        assert_eq!(check_file("a.rs", &Source::new(&format!("{code}{tests}"))), []);
        assert_eq!(check_file("a.rs", &Source::new(&format!("{code}use c;\n"))).len(), 1);
    }
}
