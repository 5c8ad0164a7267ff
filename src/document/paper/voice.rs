//! The words of a language for the values of a procedure and its numbers.

use crate::document::words;
use crate::exact::{Exact, RoundingMode};
use crate::tender::Tender;
use crate::tender::formula::Formula;
use crate::tender::procedure::{Method, Rounding, TieRule};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// Says things in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    /// The language.
    pub lang: Lang,
}

/// Signs of formulas as people write them.
const SIGNS: [(char, &str); 3] = [('*', "×"), ('/', "÷"), ('-', "−")];

impl Voice {
    pub(super) fn say(self, key: &str) -> String {
        message(self.lang, key)
    }

    pub(super) fn say_with<T: AsRef<str>>(self, key: &str, arguments: &[(&str, T)]) -> String {
        message_with(self.lang, key, arguments)
    }

    /// A list in one sentence.
    pub(super) fn joined(self, parts: &[String]) -> String {
        parts.join(match self.lang {
            Lang::Ja => "、",
            Lang::En => ", ",
        })
    }

    /// An exact number: as it is, and for a fraction its decimal beside it.
    pub(super) fn exact(self, number: &Exact) -> String {
        let text = number.to_string();
        if !text.contains('/') {
            return text;
        }
        let near = number.round(RoundingMode::HalfUp, 4).to_string();
        self.say_with("paper-fraction", &[("exact", text), ("near", near)])
    }

    /// A share as a percentage, exact.
    pub(super) fn percent(self, share: &Exact) -> String {
        let percent = share.times(&Exact::from_integer(100));
        format!("{}%", self.exact(&percent))
    }

    /// An amount of yen.
    pub(super) fn yen(self, yen: &str) -> String {
        let whole = yen.split('/').count() == 1;
        let shown = match yen.split_once('.') {
            Some((integer, fraction)) => format!("{}.{fraction}", words::grouped(integer)),
            None if whole => words::grouped(yen),
            None => yen.to_owned(),
        };
        self.say_with("chart-yen", &[("yen", shown)])
    }

    /// A rounding rule in words.
    pub(super) fn rounding(self, rounding: Rounding) -> String {
        let place = (rounding.digits + 1).to_string();
        let digits = rounding.digits.to_string();
        let mode = rounding.mode.word();
        let arguments = [("place", place), ("digits", digits)];
        if rounding.digits == 0 {
            self.say(&format!("rounding-whole-{mode}"))
        } else {
            self.say_with(&format!("rounding-{mode}"), &arguments)
        }
    }

    /// How the number of a step is rounded, in a short form for tables.
    pub(super) fn rounding_or_none(self, rounding: Option<Rounding>) -> String {
        rounding.map_or_else(|| self.say("rounding-none"), |one| self.rounding(one))
    }

    /// The rounding of a printed step, read off its rule (`down to 0 digits`).
    pub(super) fn step_rounding(self, rule: Option<&str>) -> String {
        let Some(rule) = rule else {
            return self.say("rounding-none");
        };
        words::rounding(self.lang, rule)
    }

    /// A formula with the names of the language.
    pub(super) fn formula(self, tender: &Tender, formula: &Formula) -> String {
        let mut out = String::new();
        let mut name = String::new();
        for character in formula.source().chars().chain(['\n']) {
            if character.is_ascii_alphanumeric() || character == '_' || character == '.' {
                name.push(character);
                continue;
            }
            if !name.is_empty() {
                out.push_str(&self.name(tender, &name));
                name.clear();
            }
            match SIGNS.iter().find(|(sign, _)| *sign == character) {
                Some((_, sign)) => out.push_str(sign),
                None if character == '\n' => {}
                None => out.push(character),
            }
        }
        out
    }

    /// A name of a formula in words; a number stays as it is, a parameter has its own title.
    pub(super) fn name(self, tender: &Tender, name: &str) -> String {
        if let Some(title) = tender.procedure.parameters.get(name) {
            return title.of(self.lang).to_owned();
        }
        if name.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
            return name.to_owned();
        }
        self.say(&format!("formula-{}", name.replace('_', "-")))
    }

    /// What the total of a tender is called.
    pub(super) fn total(self, method: Method) -> String {
        self.say(words::total_key(method.word()))
    }

    /// A rule for ties in words.
    pub(super) fn tie(self, tender: &Tender, rule: &TieRule) -> String {
        match rule {
            TieRule::Technical => self.say("tie-technical"),
            TieRule::Price => self.say("tie-price"),
            TieRule::Lots => self.say("tie-lots"),
            TieRule::Block(id) => {
                let block = tender.blocks.iter().find(|block| block.id == *id);
                let title = block.map_or(id.as_str(), |block| block.title.of(self.lang));
                self.say_with("tie-block", &[("block", title)])
            }
        }
    }
}
