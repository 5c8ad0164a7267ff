//! Publishing a tender, and amending what is published.

use serde_json::json;

use super::{Doing, Done, KEY_STEP, Refused, SMALL_STEP, Writing, refuse, salted, trial};
use crate::app::library::Library;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::seal::{self, Key};
use crate::tender::proceeding::Event;
use crate::tender::proceeding::event::{HeldShare, Opener, Publication, Recipients};
use crate::tender::proceeding::file::{PublishedFile, read_published};
use crate::time::{Timestamp, day_in_japan, end_of_day_in_japan};

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Publishing<'a> {
    /// The tender file.
    pub file: &'a [u8],
    /// Its name, for faults.
    pub name: &'a str,
    /// What is known at the opening only: the content of `[opening]`, the planned price.
    pub opening: Option<&'a [u8]>,
    /// The last instant at which a bid is taken; when left out, `timetable.bids_until` of the file, or the end
    /// of its `bid_deadline` in Japan.
    pub deadline: Option<Timestamp>,
}

impl Publishing<'_> {
    fn read(&self, library: &Library) -> Result<(PublishedFile, Timestamp, bool), Refused> {
        let named = |faults: Vec<Diagnostic>| {
            let faults = faults.into_iter().map(|one| match one.file {
                None => one.in_file(self.name),
                Some(_) => one,
            });
            Refused(faults.collect())
        };
        let file = read_published(self.file).map_err(named)?;
        let publishable =
            trial::check_published(library, self.file, self.opening).map_err(named)?;
        let last = end_of_day_in_japan(file.bid_deadline);
        let named = file.bids_until.or(self.deadline);
        let deadline = named.unwrap_or(last);
        let agrees = self.deadline.is_none_or(|given| given == deadline);
        if day_in_japan(deadline) != file.bid_deadline || !agrees {
            return Err(refuse(
                "case-deadline",
                format!(
                    "the deadline {} does not agree with the tender's `bid_deadline` {} and its timetable, as days count in Japan",
                    self.deadline.unwrap_or(deadline),
                    file.bid_deadline
                ),
                "make the two agree",
            )
            .in_file(self.name)
            .into());
        }
        Ok((file, deadline, publishable.marked))
    }

    fn publication(
        &self,
        writing: &mut Writing,
        rules: Digest,
        deadline: Timestamp,
        marked: bool,
        prices: &str,
    ) -> Result<Publication, Refused> {
        let ceiling = match self.opening {
            None => None,
            Some(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                Some(writing.seal(&[prices], &salted(&text, SMALL_STEP))?)
            }
        };
        Ok(Publication {
            file: writing.put(self.file.to_vec()),
            rules,
            deadline,
            marked,
            ceiling,
        })
    }
}

/// Publishes a tender into a new case: freezes the file, makes the keys that bids are sealed to, and deals them.
///
/// `openers` are identifiers with public keys.
///
/// # Errors
///
/// Faults of the file, of the keys, and what the guards say.
pub fn publish(
    library: &Library,
    doing: &Doing<'_>,
    publishing: &Publishing<'_>,
    openers: &[(String, String)],
    threshold: u8,
) -> Result<Done, Refused> {
    let (file, deadline, marked) = publishing.read(library)?;
    let mut writing = Writing::begin_new(doing)?;
    let (technical, prices) = (Key::fresh(), Key::fresh());
    let count = openers.len();
    let technical_shares = seal::split(&technical, threshold, count);
    let price_shares = seal::split(&prices, threshold, count);
    let mut dealt = Vec::new();
    for ((id, recipient), (of_technical, of_prices)) in openers
        .iter()
        .zip(technical_shares.into_iter().zip(price_shares))
    {
        let mut hold = |share: &[u8]| -> Result<HeldShare, Refused> {
            let content = seal::pad(hex::encode(share).into_bytes(), KEY_STEP);
            Ok(HeldShare {
                object: writing.put(seal::seal(&[recipient], &content)?),
                share: Digest::of(share),
            })
        };
        dealt.push(Opener {
            id: id.clone(),
            recipient: recipient.clone(),
            technical: hold(&of_technical)?,
            prices: hold(&of_prices)?,
        });
    }
    let recipients = Recipients {
        technical: technical.recipient(),
        prices: prices.recipient(),
    };
    let publication = publishing.publication(
        &mut writing,
        file.rules,
        deadline,
        marked,
        &recipients.prices,
    )?;
    if threshold == 1 {
        writing.remarks.push(
            Diagnostic::warning(
                "case-single-key",
                Place::whole(),
                "one key opens everything: whoever holds it could read bids and prices with the standard tool, outside of this case and its log",
            )
            .help("name several openers and a --threshold of 2 or more"),
        );
    }
    let details = json!({
        "deadline": deadline,
        "file": publication.file,
        "openers": openers.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        "threshold": threshold,
    });
    let seen = vec![publication.file];
    writing.add(
        Event::Published {
            tender: file.id,
            title: file.title,
            publication,
            recipients,
            threshold,
            openers: dealt,
        },
        seen,
    )?;
    writing.finish(details)
}

/// Replaces what is published, for every bidder.
///
/// # Errors
///
/// Faults of the file, and what the guards say: before the deadline, with a reason, and with a later deadline where
/// criteria, points or procedure change.
pub fn amend(
    library: &Library,
    doing: &Doing<'_>,
    publishing: &Publishing<'_>,
    reason: &str,
) -> Result<Done, Refused> {
    let (file, deadline, marked) = publishing.read(library)?;
    let mut writing = Writing::begin(doing)?;
    if file.id != writing.case.state.tender {
        return Err(refuse(
            "case-amendment",
            "the file is of another tender",
            "amend the tender under its own `id`",
        )
        .in_file(publishing.name)
        .into());
    }
    let Some(prices) = writing.case.state.recipients.clone().map(|one| one.prices) else {
        return Err(refuse("case-order", "nothing is published yet", "").into());
    };
    let before = writing.case.state.publication.as_ref().map(|one| one.file);
    let publication =
        publishing.publication(&mut writing, file.rules, deadline, marked, &prices)?;
    let changed = writing
        .case
        .state
        .publication
        .as_ref()
        .is_some_and(|one| one.rules != publication.rules);
    let details = json!({
        "deadline": deadline,
        "file": publication.file,
        "changes_rules": changed,
        "bids_in": writing.case.state.bids.len(),
    });
    let seen = before.into_iter().chain([publication.file]).collect();
    let reason = reason.to_owned();
    writing.add(
        Event::Amended {
            publication,
            reason,
        },
        seen,
    )?;
    writing.finish(details)
}
