//! One reading of the project's files, for all rules.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use super::source::Source;
use crate::process;

/// The project's text files.
pub(super) struct Tree {
    /// Every text file, in the order of the paths.
    pub(super) files: Vec<File>,
    /// Every path, of files that are no text too.
    pub(super) paths: BTreeSet<String>,
}

/// A text file.
pub(super) struct File {
    /// From the root, with forward slashes.
    pub(super) path: String,
    /// What stands in it.
    pub(super) text: String,
    /// The same, split into code and the rest; for Rust files only.
    pub(super) rust: Option<Source>,
}

impl Tree {
    /// Reads what git tracks or would add; what it ignores is nobody's concern.
    ///
    /// # Errors
    /// Says why git could not list the files.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = process::read(&mut git)?;
        // A file that was deleted but not yet committed as such is listed and cannot be read.
        let contents = listed.split('\0').filter(|path| !path.is_empty()).filter_map(|path| {
            let bytes = fs::read(root.join(path)).ok()?;
            Some((path.to_owned(), bytes))
        });
        Ok(Self::new(contents))
    }

    /// A tree of the given paths and contents.
    pub(super) fn new(contents: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut paths = BTreeSet::new();
        let mut files = Vec::new();
        for (path, bytes) in contents {
            paths.insert(path.clone());
            if let Ok(text) = String::from_utf8(bytes) {
                let rust = is_rust(&path).then(|| Source::new(&text));
                files.push(File { path, text, rust });
            }
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        mark_test_files(&mut files);
        Self { files, paths }
    }

    /// The text of the file at exactly this path.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// All Rust files with their paths.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.rust.as_ref()?)))
    }
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Whether a path is that of an integration test: in the folder `tests` of a package.
pub(super) fn is_integration_test(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|folder| folder == "tests") && !path.split('/').any(|folder| folder == "src")
}

/// Marks every line of files that are tests as a whole: integration tests, and what a file declares by
/// `#[cfg(test)] mod name;`.
fn mark_test_files(files: &mut [File]) {
    let mut modules = BTreeSet::new();
    for file in files.iter() {
        let Some(source) = &file.rust else { continue };
        modules
            .extend(source.test_modules.iter().map(|name| format!("{}{name}", children_folder(&file.path))));
    }
    for file in files {
        let Some(source) = &mut file.rust else { continue };
        let module = file.path.trim_end_matches(".rs");
        let is_inside = |test: &String| module == test || module.starts_with(&format!("{test}/"));
        if is_integration_test(&file.path) || modules.iter().any(is_inside) {
            source.mark_all_as_test();
        }
    }
}

/// The folder, with its slash, in which the modules lie that the file at `path` declares.
fn children_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{folder}/"),
        _ => format!("{}/", path.trim_end_matches(".rs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of text files.
    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree::new(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())))
    }

    fn is_all_test(tree: &Tree, path: &str) -> bool {
        let (_, source) = tree.rust().find(|(found, _)| *found == path).unwrap();
        source.lines.iter().all(|line| line.is_test)
    }

    #[test]
    fn a_module_declared_for_tests_is_a_test_with_its_children() {
        let tree = tree(&[
            ("crates/a/src/lib.rs", "#[cfg(test)]\nmod world;\nmod shell;\n"),
            ("crates/a/src/world.rs", "fn a() {}\n"),
            ("crates/a/src/world/disk.rs", "fn b() {}\n"),
            ("crates/a/src/worldly.rs", "fn c() {}\n"),
            ("crates/a/src/shell.rs", "#[cfg(test)]\nmod tests;\nfn d() {}\n"),
            ("crates/a/src/shell/tests.rs", "fn e() {}\n"),
        ]);
        assert!(is_all_test(&tree, "crates/a/src/world.rs"));
        assert!(is_all_test(&tree, "crates/a/src/world/disk.rs"));
        assert!(is_all_test(&tree, "crates/a/src/shell/tests.rs"));
        assert!(!is_all_test(&tree, "crates/a/src/worldly.rs"));
        assert!(!is_all_test(&tree, "crates/a/src/shell.rs"));
    }

    #[test]
    fn integration_tests_are_known_by_their_folder() {
        assert!(is_integration_test("crates/server/tests/common/mod.rs"));
        assert!(!is_integration_test("crates/server/src/tests/mod.rs"));
        assert!(!is_integration_test("crates/server/tests.rs"));
    }

    #[test]
    fn what_is_no_text_has_a_path_but_no_lines() {
        let tree = Tree::new([("a.png".to_owned(), vec![0xff, 0xfe])]);
        assert!(tree.files.is_empty() && tree.paths.contains("a.png"));
    }
}
