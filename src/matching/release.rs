//! Which release of a distribution a component is of, and whether an advisory speaks of that release.

/// Code names of releases with their numbers.
///
/// Sources: the release lists of Debian and Ubuntu.
const CODE_NAMES: [(&str, &str); 29] = [
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("precise", "12.04"),
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("cosmic", "18.10"),
    ("disco", "19.04"),
    ("eoan", "19.10"),
    ("focal", "20.04"),
    ("groovy", "20.10"),
    ("hirsute", "21.04"),
    ("impish", "21.10"),
    ("jammy", "22.04"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
];

/// How many numbers tell two releases of an ecosystem apart; the rest is a point release.
///
/// Sources: OSV schema 1.7.0, section `affected[].package`, the form of each `<RELEASE>`.
fn precision(base: &str) -> usize {
    match base.to_ascii_lowercase().as_str() {
        "debian" | "root:debian" | "almalinux" | "rocky linux" | "mageia" | "azure linux"
        | "alpaquita" => 1,
        _ => 2,
    }
}

/// Whether an advisory for the release `stated` of an ecosystem speaks of a component whose package URL
/// names the distribution `distro`. Words without a number, such as `stream`, must be the same.
pub(super) fn is_same(base: &str, stated: &str, distro: &str) -> bool {
    let (stated_numbers, distro_numbers) = (numbers(stated), numbers(distro));
    if stated_numbers.is_empty() || distro_numbers.is_empty() {
        return words(distro).any(|word| words(stated).any(|other| word == other));
    }
    let most = precision(base).min(stated_numbers.len());
    stated_numbers
        .iter()
        .take(most)
        .eq(distro_numbers.iter().take(most))
        && (base != "openSUSE" || is_tumbleweed(stated) == is_tumbleweed(distro))
}

fn is_tumbleweed(text: &str) -> bool {
    words(text).any(|word| word == "tumbleweed")
}

/// The words of a release, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}

/// The numbers of a release: those of its code name, or those that are written in it.
fn numbers(text: &str) -> Vec<u32> {
    let named = words(text).find_map(|word| {
        let row = CODE_NAMES.iter().find(|(name, _)| *name == word);
        row.map(|(_, number)| *number)
    });
    named
        .unwrap_or(text)
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_known_in_every_spelling() {
        for (base, stated, distro, same) in [
            ("Debian", "12", "debian-12", true),
            ("Debian", "12", "bookworm", true),
            ("Debian", "12", "debian-12.5", true),
            ("Debian", "11", "bookworm", false),
            ("Ubuntu", "22.04:LTS", "ubuntu-22.04", true),
            ("Ubuntu", "Pro:18.04:LTS", "bionic", true),
            ("Ubuntu", "22.10", "ubuntu-22.04", false),
            ("Alpine", "v3.17", "alpine-3.17.3", true),
            ("Alpine", "v3.17", "3.18.0", false),
            ("AlmaLinux", "9", "almalinux-9.2", true),
            ("Rocky Linux", "8", "rocky-9.3", false),
            ("Red Hat", "enterprise_linux:9::baseos", "rhel-9", true),
            ("Red Hat", "enterprise_linux:9::baseos", "rhel-9.2", true),
            ("Red Hat", "enterprise_linux:8::baseos", "rhel-9.2", false),
            ("openSUSE", "Leap 15.5", "opensuse-leap-15.5", true),
            ("SUSE", "Linux Enterprise Server 15 SP5", "sles-15.5", true),
            ("SUSE", "Linux Enterprise Server 15 SP4", "sles-15.5", false),
            ("Alpaquita", "stream", "alpaquita-stream", true),
            ("Debian", "12", "sid", false),
        ] {
            assert_eq!(is_same(base, stated, distro), same, "{stated} {distro}");
        }
    }
}
