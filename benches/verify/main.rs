//! How fast a delivery is verified: 500 MB in 10,000 files, an SBOM of 5,000 components with two files each.
//!
//! `cargo bench --bench verify` makes the delivery in the folder for temporary files, runs `mekiki verify` over it and
//! `sha256sum` over the same files, one after the other in each round, so that a busy machine slows both alike, and prints
//! medians, their ratio and the most memory that a run took. Another binary is measured when its path stands behind `--`.
//! Signatures, advisories and the register are left out by the manifest, so the verdict is `unverifiable`: what is measured
//! is reading, unpacking, hashing, the SBOM and holding both against each other.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "a benchmark reckons with times and prints them"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mekiki::digest::Digest;
use mekiki::evidence::archive::write::deflated_zip;
use rand::rngs::StdRng;
use rand::{Rng, RngCore as _, SeedableRng};
use serde_json::{Value, json};

const ROUNDS: usize = 7;
const FILES: usize = 10_000;
const COMPONENTS: usize = 5_000;
/// The mean of the sizes of files: 10,000 of them are 500 MB.
const MEAN_BYTES: usize = 50_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let own = arguments.into_iter().find(|one| !one.starts_with('-'));
    let binary = own.unwrap_or_else(|| env!("CARGO_BIN_EXE_mekiki").to_owned());
    let folder = std::env::temp_dir().join(format!("mekiki-bench-{}", std::process::id()));
    let bytes = deliver(&folder);
    println!(
        "{FILES} files with {} MB, {COMPONENTS} components; medians of {ROUNDS} rounds\n",
        bytes / 1_000_000
    );
    let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), 0);
    let mut code = None;
    for _ in 0..ROUNDS {
        let (time, peak, exit) = verify(&binary, &folder);
        ours.push(time);
        memory = memory.max(peak);
        code = exit;
        theirs.push(sha256sum(&folder.join("delivered")));
    }
    let spread = |times: &[Duration]| {
        let mut times: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        times.sort_by(f64::total_cmp);
        (times[0], times[times.len() / 2], times[times.len() - 1])
    };
    let (ours, theirs) = (spread(&ours), spread(&theirs));
    println!("| | fastest | median | slowest |\n| --- | ---: | ---: | ---: |");
    for (name, (fastest, median, slowest)) in [("mekiki verify", ours), ("sha256sum", theirs)] {
        println!("| {name} | {fastest:.2} s | {median:.2} s | {slowest:.2} s |");
    }
    println!(
        "\nratio of the medians {:.2}; most memory {} MB; exit code {code:?}",
        ours.1 / theirs.1,
        memory / 1000
    );
    fs::remove_dir_all(&folder).unwrap();
}

/// Runs the command once; gives the time, the most memory in kB and the exit code.
fn verify(binary: &str, folder: &Path) -> (Duration, u64, Option<i32>) {
    let start = Instant::now();
    let mut child = Command::new(binary)
        .arg("verify")
        .arg(folder)
        .args(["--as-of", "2026-11-26", "--format", "json"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(exit) = child.try_wait().unwrap() {
            return (start.elapsed(), peak, exit.code());
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn sha256sum(folder: &Path) -> Duration {
    let start = Instant::now();
    let status = Command::new("sh")
        .args([
            "-c",
            "find . -type f -print0 | xargs -0 sha256sum > /dev/null",
        ])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success());
    start.elapsed()
}

/// Writes the delivery; gives its bytes.
fn deliver(folder: &Path) -> u64 {
    let mut chance = StdRng::seed_from_u64(29);
    let mut files: Vec<(String, Digest)> = Vec::new();
    let mut bytes = 0;
    for number in 0..FILES {
        let size = chance.gen_range(MEAN_BYTES / 50..MEAN_BYTES * 2 - MEAN_BYTES / 50);
        let (ending, content) = content(number, size, &mut chance);
        let path = format!("app/d{:02}/f{number}.{ending}", number % 100);
        write(&folder.join("delivered").join(&path), &content);
        bytes += content.len() as u64;
        files.push((path, Digest::of(&content)));
    }
    let entries: Vec<Value> = (0..COMPONENTS)
        .map(|number| component(number, &files[number * 2..number * 2 + 2]))
        .collect();
    let sbom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": "2026-11-20T00:00:00Z",
            "component": {"type": "application", "bom-ref": "app", "name": "app", "version": "1.0"},
        },
        "components": entries,
    });
    let sbom = serde_json::to_vec_pretty(&sbom).unwrap();
    write(&folder.join("delivered/sbom.cdx.json"), &sbom);
    let mut manifest = String::from(
        "schema = \"mekiki/delivery/v1\"\ndelivered = \"delivered\"\n\n[[artifact]]\npath = \"app\"\n\n\
         [[sbom]]\npath = \"sbom.cdx.json\"\n",
    );
    for what in [
        "signature",
        "sbom_signature",
        "provenance",
        "tendered_sbom",
        "accepted_sbom",
        "feed",
        "product_list",
        "requirements",
    ] {
        _ = write!(
            manifest,
            "\n[[left_out]]\nwhat = \"{what}\"\nreason = {{ ja = \"計測\", en = \"a measurement\" }}\n"
        );
    }
    write(&folder.join("delivery.toml"), manifest.as_bytes());
    bytes
}

/// Files as they lie in deliveries: of twenty one is an archive, one a program, three are JSON or XML, four text.
fn content(number: usize, size: usize, chance: &mut StdRng) -> (&'static str, Vec<u8>) {
    let mut noise = vec![0; size];
    chance.fill_bytes(&mut noise);
    match number % 20 {
        0 => {
            let members: Vec<(String, &[u8])> = noise
                .chunks(size / 20 + 1)
                .enumerate()
                .map(|(index, part)| (format!("m{index}.class"), part))
                .collect();
            let members = members.iter().map(|(name, part)| (name.as_str(), *part));
            ("jar", deflated_zip(members).unwrap())
        }
        1 => ("so", [b"\x7fELF\x02\x01\x01".as_slice(), &noise].concat()),
        2 | 3 => {
            let rows: Vec<Value> = noise
                .chunks(24)
                .map(|row| json!({"id": row[0], "value": hex::encode(row)}))
                .take(size / 80)
                .collect();
            ("json", serde_json::to_vec(&rows).unwrap())
        }
        4 => {
            let rows = noise.chunks(24).take(size / 60);
            let rows: String = rows
                .map(|row| format!("<r v=\"{}\"/>\n", hex::encode(row)))
                .collect();
            (
                "xml",
                format!("<?xml version=\"1.0\"?>\n<rows>\n{rows}</rows>\n").into_bytes(),
            )
        }
        5..=8 => {
            let lines: String = noise
                .chunks(20)
                .take(size / 41)
                .map(|row| hex::encode(row) + "\n")
                .collect();
            ("js", lines.into_bytes())
        }
        _ => ("bin", noise),
    }
}

/// A package with its files.
fn component(number: usize, files: &[(String, Digest)]) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|(path, digest)| {
            json!({
                "type": "file",
                "bom-ref": path,
                "name": path,
                "hashes": [{"alg": "SHA-256", "content": digest.hex()}],
            })
        })
        .collect();
    json!({
        "type": "library",
        "bom-ref": format!("pkg:npm/package-{number}@1.{}.0", number % 10),
        "name": format!("package-{number}"),
        "version": format!("1.{}.0", number % 10),
        "purl": format!("pkg:npm/package-{number}@1.{}.0", number % 10),
        "licenses": [{"license": {"id": "MIT"}}],
        "components": files,
    })
}

fn write(path: &PathBuf, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = fs::File::create(path).unwrap();
    file.write_all(bytes).unwrap();
}
