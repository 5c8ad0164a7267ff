//! `mekiki questionnaire receive FILE --sent PACKET|MANIFEST`

use super::super::output::Output;
use super::super::{Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::questionnaire_receive::{ReceiveRequest, receive};
use crate::clock;
use crate::document::questionnaire::receipt;
use crate::evidence::signature::Material;
use crate::time::{Date, end_of_day};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// What came back: an answers file, a workbook, either signed, or a ZIP file with one of them
    received: String,
    /// What was sent: the packet, or the manifest.json of it
    #[arg(long, value_name = "FILE")]
    sent: String,
    /// A public key that must have signed the answers (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    key: Vec<String>,
    /// A public key that must have signed what was sent; may be repeated
    #[arg(long, value_name = "FILE")]
    agency_key: Vec<String>,
    /// Judge signatures as of the end of this day (UTC) instead of now
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(in crate::cli) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let keys = |paths: &[String]| {
        let keys = paths.iter().map(|path| Ok((path.clone(), read(path)?)));
        keys.collect::<Result<Vec<_>, Refused>>()
    };
    let (received, sent) = (read(&arguments.received)?, read(&arguments.sent)?);
    let (supplier, agency) = (keys(&arguments.key)?, keys(&arguments.agency_key)?);
    let request = ReceiveRequest {
        received: Material {
            name: &arguments.received,
            bytes: &received,
        },
        sent: Material {
            name: &arguments.sent,
            bytes: &sent,
        },
        keys: supplier.iter().map(named).collect(),
        agency_keys: agency.iter().map(named).collect(),
        at: arguments.as_of.map_or_else(clock::now, end_of_day),
    };
    let received = receive(library, &request)?;
    output.either(&receipt::view(&received), || {
        receipt::text(&received, output.lang())
    })?;
    Ok(if received.is_altered() || received.is_bound() {
        Verdict::of(!received.is_altered())
    } else {
        Verdict::Unverifiable
    })
}

fn named((name, bytes): &(String, Vec<u8>)) -> Material<'_> {
    Material { name, bytes }
}
