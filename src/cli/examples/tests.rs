use super::*;

/// Every command with its path, groups included.
fn walk(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    found.push((path.to_owned(), command.clone()));
    let below = command.get_subcommands();
    for one in below.filter(|one| one.get_name() != "help") {
        let inner = format!("{path} {}", one.get_name());
        walk(one, inner.trim_start(), found);
    }
}

fn all() -> Vec<(String, Command)> {
    let mut root = crate::cli::command();
    root.build();
    let mut found = Vec::new();
    walk(&root, "", &mut found);
    found
}

#[test]
fn every_help_ends_with_an_example() {
    let all = all();
    assert!(all.len() > 100, "{}", all.len());
    for (path, mut command) in all {
        let help = command.render_long_help().to_string();
        let (_, examples) = help.rsplit_once("\nExample").unwrap_or_default();
        assert!(examples.contains("mekiki"), "`{path}`: {help}");
        assert!(!examples.contains("\n\n"), "`{path}`: {examples}");
    }
}

#[test]
fn every_example_is_of_a_command_and_of_its_own() {
    let all = all();
    for (path, examples) in EXAMPLES {
        // Some commands are there with some features only.
        let known = all.iter().any(|(one, _)| one == path);
        let optional = [
            "serve",
            "tender add",
            "feed update",
            "trust root update",
            "policy check",
            "policy test",
        ];
        assert!(known || optional.contains(path), "{path}");
        for example in *examples {
            let mine = example.contains(&format!("mekiki {path}"));
            assert!(mine, "{path}: {example}");
        }
    }
}

/// Reads an example as a shell would, without running it.
fn arguments(line: &str) -> Vec<String> {
    let mut read = Vec::new();
    for word in words(line) {
        if matches!(word, "|" | ">") {
            break;
        }
        let word = match word.split_once("$(") {
            Some((before, _)) => format!("{before}{}", "0".repeat(64)),
            None => word.to_owned(),
        };
        read.push(word.replace('\'', ""));
    }
    read
}

#[test]
fn every_example_is_understood() {
    for (path, examples) in EXAMPLES {
        let known = all().iter().any(|(one, _)| one == path);
        let lines = examples.iter().flat_map(|one| one.lines());
        for line in lines.filter(|line| known && line.starts_with("mekiki ")) {
            let read = crate::cli::command().try_get_matches_from(arguments(line));
            assert!(read.is_ok(), "{line}: {}", read.unwrap_err());
        }
    }
}

#[test]
fn a_long_line_is_broken_between_options() {
    let line = "mekiki trust add --reason 'a long reason with words' --certificate-oidc-issuer https://oidc.example";
    assert_eq!(
        broken(line),
        "  mekiki trust add --reason 'a long reason with words' \\\n      --certificate-oidc-issuer https://oidc.example"
    );
    assert_eq!(words("a $(b c) 'd e'"), ["a", "$(b c)", "'d e'"]);
}
