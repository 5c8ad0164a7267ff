//! Writes a bill of materials of any size, for measurements of time and memory:
//!
//! `cargo run --release --example generate_sbom -- cyclonedx-json 300000 > big.cdx.json`
//!
//! Formats: `cyclonedx-json`, `cyclonedx-xml`, `spdx-json`. The same number gives the same bytes.
#![expect(clippy::print_stderr, reason = "an example tells its use")]

use std::io::Write as _;
use std::process::ExitCode;

#[path = "../benches/sbom/generator.rs"]
mod generator;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, count] = arguments.as_slice() else {
        eprintln!("usage: generate_sbom cyclonedx-json|cyclonedx-xml|spdx-json COMPONENTS");
        return ExitCode::from(2);
    };
    let make: fn(usize) -> String = match format.as_str() {
        "cyclonedx-json" => generator::cyclonedx_json,
        "cyclonedx-xml" => generator::cyclonedx_xml,
        "spdx-json" => generator::spdx_json,
        _ => return ExitCode::from(2),
    };
    let Ok(count) = count.parse() else {
        return ExitCode::from(2);
    };
    match std::io::stdout().lock().write_all(make(count).as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
