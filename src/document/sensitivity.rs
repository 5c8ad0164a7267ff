//! The sensitivities of a tender as text: a verdict first, then tables.

use std::fmt::Write as _;

use super::table::{Look, Sheet, heading};
use super::words::{grouped, shown};
use crate::exact::Exact;
use crate::id::BidId;
use crate::tender::sensitivity::{
    Acceptability, AcceptabilityMethod, Direction, JointChange, LotSensitivity, MarkChange,
    ModelMethod, Open, PointsToYen, PublishedChange, Sensitivity, SensitivityView, SingleChange,
};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// The most rows of a table.
const ROWS: usize = 10;

/// Renders the sensitivities of every lot.
pub fn render(view: &SensitivityView, lang: Lang, width: u16) -> String {
    view.parts().map(|part| lot(part, lang, width)).collect()
}

fn lot(part: &LotSensitivity, lang: Lang, width: u16) -> String {
    let title = message(lang, "sensitivity");
    let title = match &part.lot {
        Some(lot) => format!("{title}: {lot}"),
        None => title,
    };
    let mut out = heading(&title);
    if let Some(why) = &part.not_computed {
        let arguments = [("reason", why.of(lang))];
        line(
            &mut out,
            &message_with(lang, "sensitivity-not-computed", &arguments),
        );
    }
    if let Some(found) = &part.found {
        let paper = Paper { lang, width };
        paper.verdict(&mut out, found);
        paper.single(&mut out, found);
        paper.joint(&mut out, found);
        paper.marks(&mut out, found);
        if let Some(yen) = &found.points_to_yen {
            paper.yen(&mut out, yen, found.method);
        }
        if let Some(open) = &found.open {
            paper.open(&mut out, open);
        }
        if let Some(acceptability) = &found.acceptability {
            paper.acceptability(&mut out, acceptability);
        }
        for left_out in &found.left_out {
            let text = format!("{}: {}", left_out.what, left_out.why.of(lang));
            let arguments = [("what", text)];
            line(
                &mut out,
                &message_with(lang, "sensitivity-left-out", &arguments),
            );
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    _ = writeln!(out, "{}", printable(text));
}

fn names(bids: &[BidId]) -> String {
    let names: Vec<_> = bids.iter().map(BidId::to_string).collect();
    names.join(", ")
}

/// A share in per cent with one digit, cut.
fn per_cent(share: &Exact) -> String {
    share.times(&Exact::from_integer(100)).fixed(1)
}

struct Paper {
    lang: Lang,
    width: u16,
}

impl Paper {
    fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }

    fn tell(&self, key: &str, arguments: &[(&str, String)]) -> String {
        message_with(self.lang, key, arguments)
    }

    fn sheet<const N: usize>(&self, header: [&str; N]) -> Sheet {
        Sheet::new(self.width, header.map(|key| self.say(key)))
    }

    fn verdict(&self, out: &mut String, found: &Sensitivity) {
        if let Some(both) = &found.rounding_decides {
            let arguments = [
                ("published", names(&both.published)),
                ("exact", names(&both.exact)),
            ];
            line(out, &self.tell("sensitivity-rounding-decides", &arguments));
        }
        let winner = ("winner", names(&found.winner));
        if found.winner.len() > 1 {
            line(out, &self.tell("sensitivity-tie", &[winner]));
            return;
        }
        let Some(lead) = &found.lead else {
            line(out, &self.tell("sensitivity-alone", &[winner]));
            return;
        };
        if found.method == ModelMethod::LowestPrice {
            let arguments = [winner, ("yen", grouped(&lead.to_string()))];
            line(out, &self.tell("sensitivity-lead-yen", &arguments));
            return;
        }
        let nearest = found
            .single
            .iter()
            .min_by(|left, right| left.change.cmp(&right.change));
        let text = match nearest {
            None => self.tell("sensitivity-stands", &[winner]),
            Some(change) if change.change.is_zero() => {
                let arguments = [
                    winner,
                    ("weight", self.weight(change)),
                    ("challenger", change.winner.to_string()),
                ];
                self.tell("sensitivity-any-change", &arguments)
            }
            Some(change) => {
                let arguments = [
                    winner,
                    ("change", shown(&change.change)),
                    ("weight", self.weight(change)),
                    ("from", shown(&change.from)),
                    ("to", shown(&change.to)),
                    ("challenger", change.winner.to_string()),
                ];
                self.tell("sensitivity-stands-while", &arguments)
            }
        };
        line(out, &text);
        line(
            out,
            &self.tell("sensitivity-lead", &[("points", shown(lead))]),
        );
    }

    fn weight(&self, change: &SingleChange) -> String {
        self.titled(&change.weight, change.title.of(self.lang))
    }

    /// A title with its identifier behind.
    fn titled(&self, id: &str, title: &str) -> String {
        match (title, self.lang) {
            ("", _) => id.to_owned(),
            (title, Lang::Ja) => format!("{title}({id})"),
            (title, Lang::En) => format!("{title} ({id})"),
        }
    }

    fn published(&self, published: Option<&PublishedChange>) -> String {
        published.map_or_else(String::new, |change| {
            let key = if change.reached {
                "sensitivity-from-on"
            } else {
                "sensitivity-above"
            };
            self.tell(key, &[("change", shown(&change.change))])
        })
    }

    fn single(&self, out: &mut String, found: &Sensitivity) {
        if found.single.is_empty() {
            return;
        }
        let mut changes: Vec<_> = found.single.iter().collect();
        changes.sort_by(|left, right| left.change.cmp(&right.change));
        let mut sheet = self.sheet([
            "sensitivity-weight",
            "sensitivity-change",
            "sensitivity-from",
            "sensitivity-to",
            "sensitivity-then-wins",
            "sensitivity-published",
        ]);
        for change in changes.iter().take(ROWS) {
            let sign = match change.direction {
                Direction::Decrease => "−",
                Direction::Increase => "+",
            };
            sheet.row([
                (self.weight(change), Look::Plain),
                (format!("{sign}{}", shown(&change.change)), Look::Number),
                (shown(&change.from), Look::Number),
                (shown(&change.to), Look::Number),
                (change.winner.to_string(), Look::Plain),
                (self.published(change.published.as_ref()), Look::Plain),
            ]);
        }
        out.push('\n');
        line(out, &self.say("sensitivity-single"));
        out.push_str(&sheet.render());
        for ratio in &found.price_ratio {
            let side = |number: &Option<Exact>| match number {
                Some(number) => format!("{} : 1", shown(number)),
                None => "1 : 0".to_owned(),
            };
            let arguments = [
                ("from", side(&ratio.from)),
                ("to", side(&ratio.to)),
                ("winner", ratio.winner.to_string()),
            ];
            line(out, &self.tell("sensitivity-ratio", &arguments));
        }
    }

    fn joint(&self, out: &mut String, found: &Sensitivity) {
        let both = [
            ("sensitivity-l1", &found.joint.l1),
            ("sensitivity-linf", &found.joint.linf),
        ];
        for (key, change) in both {
            if let Some(change) = change {
                let arguments = [
                    ("distance", shown(&change.distance)),
                    ("winner", change.winner.to_string()),
                    ("weights", Self::moves(change)),
                ];
                line(out, &self.tell(key, &arguments));
            }
        }
    }

    fn moves(change: &JointChange) -> String {
        let moves: Vec<_> = change
            .weights
            .iter()
            .take(ROWS)
            .map(|one| format!("{} {}→{}", one.weight, shown(&one.from), shown(&one.to)))
            .collect();
        let more = if change.weights.len() > ROWS {
            ", …"
        } else {
            ""
        };
        moves.join(", ") + more
    }

    fn marks(&self, out: &mut String, found: &Sensitivity) {
        let all: Vec<&MarkChange> = found
            .marks
            .items
            .listed
            .iter()
            .take(ROWS)
            .chain(found.marks.evaluators.listed.iter().take(ROWS))
            .collect();
        if all.is_empty() {
            return;
        }
        let mut sheet = self.sheet([
            "bid",
            "sensitivity-item",
            "sensitivity-evaluator",
            "sensitivity-from",
            "sensitivity-to",
            "sensitivity-then-wins",
            "sensitivity-published",
        ]);
        for change in all {
            let evaluator = change.evaluator.clone();
            let evaluator = evaluator.unwrap_or_else(|| self.say("sensitivity-all-evaluators"));
            let item = self.titled(&change.item, change.title.of(self.lang));
            sheet.row([
                (change.bid.to_string(), Look::Plain),
                (item, Look::Plain),
                (evaluator, Look::Plain),
                (shown(&change.from), Look::Number),
                (shown(&change.to), Look::Number),
                (change.winner.to_string(), Look::Plain),
                (self.published(change.published.as_ref()), Look::Plain),
            ]);
        }
        out.push('\n');
        let arguments = [
            ("looked", found.marks.challengers.to_string()),
            ("of", found.marks.of_challengers.to_string()),
        ];
        line(out, &self.tell("sensitivity-marks", &arguments));
        out.push_str(&sheet.render());
    }

    fn yen(&self, out: &mut String, yen: &PointsToYen, method: ModelMethod) {
        let mut sheet = self.sheet([
            "bid",
            "sensitivity-price",
            "sensitivity-yen-per-point",
            "sensitivity-short-points",
            "sensitivity-short-yen",
            "sensitivity-winning-price",
        ]);
        let money = |number: Option<&Exact>| {
            number.map_or_else(String::new, |number| {
                let whole = number.floor();
                let more = if whole == *number { "" } else { "…" };
                format!("{}{more}", grouped(&whole.to_string()))
            })
        };
        for bid in yen.bids.listed.iter().take(ROWS) {
            let short = bid.short.as_ref();
            let points = short
                .filter(|_| method != ModelMethod::LowestPrice)
                .map_or_else(String::new, |short| shown(&short.points));
            let winning = short.and_then(|short| short.winning_price_yen.as_ref());
            let investigated = short.is_some_and(|short| short.investigated);
            let note = if investigated {
                format!(" {}", self.say("sensitivity-investigated"))
            } else {
                String::new()
            };
            sheet.row([
                (bid.bid.to_string(), Look::Plain),
                (grouped(&bid.price_yen.to_string()), Look::Number),
                (money(bid.yen_per_point.as_ref()), Look::Number),
                (points, Look::Number),
                (money(short.map(|short| &short.yen)), Look::Number),
                (money(winning) + &note, Look::Number),
            ]);
        }
        out.push('\n');
        line(out, &self.say("sensitivity-yen"));
        out.push_str(&sheet.render());
    }

    fn open(&self, out: &mut String, open: &Open) {
        if open.bids_with_open_items == 0 {
            return;
        }
        out.push('\n');
        if open.challengers.count == 0 {
            line(out, &self.say("sensitivity-open-certain"));
            return;
        }
        let bids: Vec<_> = open
            .challengers
            .listed
            .iter()
            .map(|one| format!("{} ({})", one.bid, shown(&one.possible)))
            .collect();
        let arguments = [
            ("count", open.challengers.count.to_string()),
            ("bids", bids.join(", ")),
        ];
        line(out, &self.tell("sensitivity-open", &arguments));
    }

    fn acceptability(&self, out: &mut String, found: &Acceptability) {
        let mut sheet = self.sheet([
            "bid",
            "sensitivity-first",
            "sensitivity-second",
            "sensitivity-third",
        ]);
        for bid in found.bids.listed.iter().take(ROWS) {
            let rank = |place: usize| {
                let share = bid.ranks.get(place);
                (share.map_or_else(String::new, per_cent), Look::Number)
            };
            sheet.row([
                (bid.bid.to_string(), Look::Plain),
                rank(0),
                rank(1),
                rank(2),
            ]);
        }
        out.push('\n');
        let method = match &found.method {
            AcceptabilityMethod::Exact => self.say("sensitivity-exact"),
            AcceptabilityMethod::Sampled { samples, error, .. } => {
                let arguments = [
                    ("samples", grouped(&samples.to_string())),
                    ("error", per_cent(error)),
                ];
                self.tell("sensitivity-sampled", &arguments)
            }
        };
        let arguments = [("moving", found.moving.join(", ")), ("method", method)];
        line(out, &self.tell("sensitivity-acceptability", &arguments));
        out.push_str(&sheet.render());
    }
}
