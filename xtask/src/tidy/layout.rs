//! The rules of a file's layout: it opens by saying what it is, and its tests neither sleep nor are switched off.

use std::path::Path;

use super::{
    Finding,
    tree::{File, Tree, is_integration_test},
};

/// Every file that breaks one of them.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().flat_map(|file| [opening(file), tests(file)].concat()).collect()
}

/// A Rust file says on its first line what it is.
fn opening(file: &File) -> Vec<Finding> {
    if file.rust.is_none() || file.text.starts_with("//!") {
        return Vec::new();
    }
    vec![Finding::new(
        &file.path,
        1,
        "does not begin with a `//!` comment: say what the file is, and what it is not",
    )]
}

/// A test awaits the event, or pauses the clock; and it runs.
fn tests(file: &File) -> Vec<Finding> {
    let Some(source) = &file.rust else { return scripts(file) };
    let numbered = source.lines.iter().enumerate().filter(|(_, line)| line.is_test);
    numbered.flat_map(|(index, line)| test_line(&file.path, index + 1, &line.code)).collect()
}

/// Helpers of tests in other languages do not sleep either.
fn scripts(file: &File) -> Vec<Finding> {
    let is_script =
        Path::new(&file.path).extension().is_some_and(|kind| ["js", "py", "sh"].iter().any(|k| kind == *k));
    if !is_script || !is_integration_test(&file.path) {
        return Vec::new();
    }
    let numbered = file.text.lines().enumerate();
    numbered.flat_map(|(index, line)| test_line(&file.path, index + 1, line)).collect()
}

fn test_line(path: &str, line: usize, code: &str) -> Vec<Finding> {
    let sleeps = calls_sleep(code).then(|| {
        Finding::new(path, line, "a test sleeps: await the event, or give the code the time as a value")
    });
    let ignored = code.contains("#[ignore").then(|| {
        Finding::new(path, line, "a test is switched off: mend it, or assert today's behaviour and say why")
    });
    sleeps.into_iter().chain(ignored).collect()
}

/// Whether a function named exactly `sleep` is called.
fn calls_sleep(code: &str) -> bool {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    code.match_indices("sleep(").any(|(start, _)| !code[..start].ends_with(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines with findings in a tree of this one file.
    fn found(path: &str, text: &str) -> Vec<usize> {
        let tree = Tree::new([(path.to_owned(), text.as_bytes().to_vec())]);
        check(&tree).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_rust_file_opens_with_its_purpose() {
        assert_eq!(found("crates/a/src/b.rs", "//! What b is.\n"), [0_usize; 0]);
        assert_eq!(found("crates/a/src/b.rs", "use c;\n//! What b is.\n"), [1]);
        assert_eq!(found("crates/a/src/b.rs", ""), [1]);
        assert_eq!(found("README.md", "# b\n"), [0_usize; 0]);
    }

    #[test]
    fn a_sleep_is_found_in_tests_only() {
        let text = "//! A.\nfn a() { sleep(d) }\n#[cfg(test)]\nmod tests {\n    fn b() { std::thread::sleep(d) }\n}\n";
        assert_eq!(found("crates/a/src/b.rs", text), [5]);
        assert_eq!(found("crates/a/tests/b.rs", "//! B.\nfn a() { sleep(d).await }\n"), [2]);
        assert_eq!(
            found(
                "crates/a/tests/b.rs",
                "//! B.\nfn a() { no_sleep(\"sleep(\"); sleep_until(d) } // sleep(\n"
            ),
            [0; 0]
        );
        assert_eq!(found("crates/a/tests/client.py", "time.sleep(1)\n"), [1]);
        assert_eq!(found("examples/client.py", "time.sleep(1)\n"), [0_usize; 0]);
    }

    #[test]
    fn a_test_that_is_switched_off_is_found() {
        let text = "//! A.\n#[test]\n#[ignore = \"slow\"]\nfn a() {}\n";
        assert_eq!(found("crates/a/tests/b.rs", text), [3]);
    }
}
