//! `mekiki sbom profiles`

use serde_json::json;

use crate::app::library::Library;
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::document::table::{Look, Sheet, heading};
use crate::profile::{Level, Profile};
use crate::text::Lang;
use crate::text::messages::message;

pub(super) fn run(library: &Library, output: &Output) -> anyhow::Result<Verdict> {
    let profiles: Vec<_> = library.profiles.values().map(view).collect();
    let document = json!({"schema": "mekiki/sbom-profiles/v1", "profiles": profiles});
    output.either(&document, || {
        library
            .profiles
            .values()
            .map(|profile| text(profile, output.lang(), output.width()))
            .collect()
    })?;
    Ok(Verdict::Acceptable)
}

fn view(profile: &Profile) -> serde_json::Value {
    let elements: Vec<_> = profile
        .elements
        .iter()
        .map(|one| {
            let readings: Vec<_> = one
                .readings
                .iter()
                .map(|reading| json!({"id": reading.id, "title": reading.title, "rests_on": reading.rests_on}))
                .collect();
            json!({"id": one.id, "title": one.title, "level": one.level, "scope": one.scope, "section": one.section,
                "mark": one.mark, "asks": one.asks, "readings": readings, "repair": one.repair})
        })
        .collect();
    json!({"id": profile.id, "version": profile.version, "valid_from": profile.valid_from.to_string(),
        "title": profile.title, "source": profile.source, "digest": profile.digest, "elements": elements})
}

fn text(profile: &Profile, lang: Lang, width: u16) -> String {
    let mut out = heading(&format!("{}  {}", profile.id, profile.title.of(lang)));
    let mut sheet = Sheet::new(
        width,
        ["profile-element-id", "profile-level", "profile-asks"].map(|key| message(lang, key)),
    )
    .unbroken(2);
    for one in &profile.elements {
        let (level, look) = match one.level {
            Level::Required => ("profile-required", Look::Plain),
            Level::Recommended => ("profile-recommended", Look::Faint),
            Level::Optional => ("profile-optional", Look::Faint),
        };
        sheet.row([
            (one.id.clone(), Look::Plain),
            (message(lang, level), look),
            (one.asks.of(lang).to_owned(), Look::Plain),
        ]);
    }
    out.push_str(&sheet.render());
    out
}
