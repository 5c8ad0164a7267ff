//! Sharing groups (6.1.38 to 6.1.41; CSAF 2.1, section 3.2.2.5.1).

use super::Report;
use crate::evidence::csaf::document::Document;

/// The group of everybody.
const EVERYBODY: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/// The group of nobody, for documents that are not to be shared.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

const GROUP: [&str; 2] = ["distribution", "sharing_group"];

fn id<'t>(document: &Document<'t>) -> Option<&'t str> {
    document.head(&GROUP)?.get_text("id")
}

fn label<'t>(document: &Document<'t>) -> &'t str {
    document.head_text(&["distribution", "tlp", "label"])
}

/// 6.1.38: what is for everybody is `TLP:CLEAR`.
pub(super) fn not_public(document: &Document<'_>, report: &mut Report<'_>) {
    if id(document) == Some(EVERYBODY) && label(document) != "CLEAR" {
        report.missing("/document/distribution/sharing_group/id", || {
            format!(
                "the group is everybody, but the label is `{}`",
                label(document)
            )
        });
    }
}

/// 6.1.39: what is `TLP:CLEAR` is for everybody; a draft may be for nobody.
pub(super) fn public(document: &Document<'_>, report: &mut Report<'_>) {
    let is_draft = document.head_text(&["tracking", "status"]) == "draft";
    if label(document) == "CLEAR"
        && let Some(id) = id(document)
        && id != EVERYBODY
        && !(id == NOBODY && is_draft)
    {
        report.missing("/document/distribution/sharing_group/id", || {
            "the label is `CLEAR`, but the group is not everybody".to_owned()
        });
    }
}

/// The names that two groups have and no other.
const NAMES: [(&str, &str); 2] = [(EVERYBODY, "Public"), (NOBODY, "No sharing allowed")];

/// 6.1.40: these names are for these groups.
pub(super) fn reserved_name(document: &Document<'_>, report: &mut Report<'_>) {
    let name = document.head_text(&["distribution", "sharing_group", "name"]);
    for (group, reserved) in NAMES {
        if name == reserved && id(document).is_some_and(|id| id != group) {
            report.missing("/document/distribution/sharing_group/name", || {
                format!("`{name}` is the name of another group")
            });
        }
    }
}

/// 6.1.41: these groups have these names.
pub(super) fn missing_name(document: &Document<'_>, report: &mut Report<'_>) {
    let name = document.head_text(&["distribution", "sharing_group", "name"]);
    for (group, expected) in NAMES {
        if id(document) == Some(group) && name != expected {
            report.missing("/document/distribution/sharing_group", || {
                format!("this group is named `{expected}`")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn groups_fit_labels_and_names() {
        let of = |label: &str, id: &str, name: &str| {
            format!(
                r#""tracking":{{"status":"final"}},"distribution":{{"tlp":{{"label":"{label}"}},"sharing_group":{{"id":"{id}","name":"{name}"}}}}"#
            )
        };
        let mine = "86c81730-1a06-478d-82d4-978e41eb332f";
        for (number, label, id, name, expected) in [
            ("6.1.38", "CLEAR", EVERYBODY, "", None),
            ("6.1.38", "RED", mine, "", None),
            (
                "6.1.38",
                "GREEN",
                EVERYBODY,
                "",
                Some(
                    "/document/distribution/sharing_group/id: the group is everybody, but the label is `GREEN`",
                ),
            ),
            ("6.1.39", "CLEAR", EVERYBODY, "", None),
            ("6.1.39", "RED", mine, "", None),
            (
                "6.1.39",
                "CLEAR",
                NOBODY,
                "",
                Some(
                    "/document/distribution/sharing_group/id: the label is `CLEAR`, but the group is not everybody",
                ),
            ),
            ("6.1.40", "CLEAR", EVERYBODY, "Public", None),
            ("6.1.40", "RED", mine, "Mine", None),
            (
                "6.1.40",
                "RED",
                mine,
                "Public",
                Some(
                    "/document/distribution/sharing_group/name: `Public` is the name of another group",
                ),
            ),
            (
                "6.1.40",
                "RED",
                mine,
                "No sharing allowed",
                Some(
                    "/document/distribution/sharing_group/name: `No sharing allowed` is the name of another group",
                ),
            ),
            ("6.1.41", "RED", mine, "", None),
            (
                "6.1.41",
                "CLEAR",
                EVERYBODY,
                "",
                Some("/document/distribution/sharing_group: this group is named `Public`"),
            ),
            (
                "6.1.41",
                "RED",
                NOBODY,
                "x",
                Some(
                    "/document/distribution/sharing_group: this group is named `No sharing allowed`",
                ),
            ),
        ] {
            check(
                number,
                "2.1",
                &[("", "", None), (&of(label, id, name), "", expected)],
            );
        }
    }
}
