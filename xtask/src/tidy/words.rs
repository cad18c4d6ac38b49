//! The rule of words: nothing in the project names the machine it was written on, or a package registry's host.
//! The patterns are put together from pieces, so that this file does not match itself.

use super::{Finding, tree::Tree};

/// The hosts from which package managers download; a lock file or a script that names one works for some people only.
const REGISTRY_HOSTS: [&[&str]; 6] = [
    &["index", "crates.io"],
    &["static", "crates.io"],
    &["registry", "npmjs.org"],
    &["files", "pythonhosted.org"],
    &["pypi", "org/simple"],
    &["proxy", "golang.org"],
];

/// Every line with such a word.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let registry_hosts = REGISTRY_HOSTS.map(|pieces| pieces.join("."));
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            let mut found = |text: String| findings.push(Finding::new(&file.path, index + 1, text));
            if let Some(path) = home_path(line) {
                found(format!("names `{path}`, a folder of one machine: use a relative path or a variable"));
            }
            for host in registry_hosts.iter().filter(|host| line.contains(host.as_str())) {
                found(format!(
                    "names `{host}`, a registry's host: leave it to the package manager's own settings"
                ));
            }
        }
    }
    findings
}

/// The first home folder that a line names by its absolute path.
fn home_path(line: &str) -> Option<&str> {
    let folder_of_all = [["/ho", "me/"], ["/Us", "ers/"], ["\\Us", "ers\\"]].map(|pieces| pieces.concat());
    let of_root = ["/ro", "ot/"].concat();
    let named = folder_of_all.iter().find_map(|prefix| {
        let (start, rest) = absolute(line, prefix)?;
        let name_len = rest.find(|char: char| !(char.is_ascii_alphanumeric() || "._-".contains(char)))?;
        let is_folder = name_len > 0 && rest[name_len..].starts_with(['/', '\\']);
        is_folder.then(|| &line[start..=start + prefix.len() + name_len])
    });
    named.or_else(|| absolute(line, &of_root).map(|(start, _)| &line[start..start + of_root.len()]))
}

/// The first place where `prefix` begins a path, and what follows it. Inside a longer path or an address it does not.
fn absolute<'a>(line: &'a str, prefix: &str) -> Option<(usize, &'a str)> {
    let is_inside = |char: char| char.is_alphanumeric() || "._-~}>".contains(char);
    let (start, _) = line.match_indices(prefix).find(|(start, _)| !line[..*start].ends_with(is_inside))?;
    Some((start, &line[start + prefix.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The home folder found in a line in which `~` stands for the beginning that must not stand in this file.
    fn found(line: &str) -> Option<String> {
        let line = line.replace('~', &["/ho", "me"].concat());
        home_path(&line).map(str::to_owned)
    }

    #[test]
    fn a_home_folder_is_found_wherever_a_path_may_begin() {
        let home = ["/ho", "me/ana/"].concat();
        for line in ["~/ana/papo", "cd \"~/ana/papo\"", "PATH=~/ana/bin", "file://~/ana/x"] {
            assert_eq!(found(line).as_ref(), Some(&home), "{line}");
        }
        assert!(home_path(&["x: /ro", "ot/papo"].concat()).is_some());
        assert!(home_path(&["C:\\Us", "ers\\ana\\papo"].concat()).is_some());
    }

    #[test]
    fn other_paths_are_none() {
        for line in ["https://example.org~/ana/", "~/<name>/", "~", "src~/ana/x", "~/ana"] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn a_registry_host_is_found_with_its_line() {
        let host = ["registry", "npmjs.org"].join(".");
        let tree = Tree::new([(
            "a.json".to_owned(),
            format!("{{\n\"url\": \"https://{host}/x\"\n}}\n").into_bytes(),
        )]);
        let findings = check(&tree);
        assert_eq!((findings.len(), findings[0].line), (1, 2));
    }
}
