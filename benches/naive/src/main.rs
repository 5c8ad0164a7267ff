//! A scan without an index, as a baseline: reads every OSV record of a zip archive, keeps them by package
//! in memory, and asks each component of a CycloneDX document. Prints the number of matches.
//!
//! It does less than the program that it stands beside: versions by SemVer only, no aliases, severities or
//! places. `naive ADVISORIES.zip SBOM.json`

use std::collections::HashMap;
use std::error::Error;
use std::io::Read;

use semver::Version;
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    id: String,
    withdrawn: Option<String>,
    #[serde(default)]
    affected: Vec<Affected>,
}

#[derive(Deserialize)]
struct Affected {
    package: Package,
    #[serde(default)]
    ranges: Vec<Range>,
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Range {
    events: Vec<HashMap<String, String>>,
}

#[derive(Deserialize)]
struct Sbom {
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    purl: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(advisories), Some(sbom)) = (arguments.next(), arguments.next()) else {
        return Err("naive ADVISORIES.zip SBOM.json".into());
    };
    let mut archive =
        zip::ZipArchive::new(std::io::BufReader::new(std::fs::File::open(advisories)?))?;
    let mut by_package: HashMap<(String, String), Vec<(String, Affected)>> = HashMap::new();
    let mut number = 0;
    while number < archive.len() {
        // In batches: what is kept would otherwise lie between the buffers of the archive and grow the heap.
        let mut texts = Vec::new();
        for _ in 0..4096.min(archive.len() - number) {
            let mut text = String::new();
            archive.by_index(number)?.read_to_string(&mut text)?;
            texts.push(text);
            number += 1;
        }
        for text in texts {
            let record: Record = serde_json::from_str(&text)?;
            if record.withdrawn.is_some() {
                continue;
            }
            for affected in record.affected {
                let Package { ecosystem, name } = &affected.package;
                let key = (ecosystem.clone(), name.clone());
                let listed = by_package.entry(key).or_default();
                listed.push((record.id.clone(), affected));
            }
        }
    }
    let sbom: Sbom = serde_json::from_slice(&std::fs::read(sbom)?)?;
    let mut matches = 0;
    for purl in sbom.components.iter().filter_map(|one| one.purl.as_deref()) {
        let Some((ecosystem, name, version)) = split(purl) else {
            continue;
        };
        let Some(listed) = by_package.get(&(ecosystem.to_owned(), name)) else {
            continue;
        };
        matches += listed
            .iter()
            .filter(|(_, one)| touches(one, version))
            .count();
    }
    println!("{matches}");
    Ok(())
}

fn split(purl: &str) -> Option<(&'static str, String, &str)> {
    let (kind, rest) = purl.strip_prefix("pkg:")?.split_once('/')?;
    let ecosystem = match kind {
        "npm" => "npm",
        "cargo" => "crates.io",
        "golang" => "Go",
        _ => return None,
    };
    let (name, version) = rest.split_once('@')?;
    Some((
        ecosystem,
        name.replace("%40", "@"),
        version.trim_start_matches('v'),
    ))
}

fn touches(affected: &Affected, version: &str) -> bool {
    if affected.versions.iter().any(|one| one == version) {
        return true;
    }
    let Ok(version) = Version::parse(version) else {
        return false;
    };
    affected.ranges.iter().any(|range| {
        let mut inside = false;
        for event in &range.events {
            let bound = |name: &str| {
                let text = event.get(name)?;
                Version::parse(if text == "0" { "0.0.0-0" } else { text }).ok()
            };
            if bound("introduced").is_some_and(|bound| version >= bound) {
                inside = true;
            }
            if bound("fixed").is_some_and(|bound| version >= bound)
                || bound("last_affected").is_some_and(|bound| version > bound)
            {
                inside = false;
            }
        }
        inside
    })
}
