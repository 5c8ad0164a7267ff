//! The product's own sentences, kept as Fluent messages beside this file, one file a language.
//!
//! A message that one language has and the other lacks fails a test, as does one that is never used.

use std::cell::OnceCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

use super::{Lang, Text};

const JA: &str = include_str!("ja.ftl");
const EN: &str = include_str!("en.ftl");

thread_local! {
    static JAPANESE: OnceCell<FluentBundle<FluentResource>> = const { OnceCell::new() };
    static ENGLISH: OnceCell<FluentBundle<FluentResource>> = const { OnceCell::new() };
}

/// Returns the message `key` in `lang`; a key that does not exist comes back as itself.
pub fn message(lang: Lang, key: &str) -> String {
    message_with::<&str>(lang, key, &[])
}

/// Returns the message `key` in `lang` with its arguments filled in.
pub fn message_with<T: AsRef<str>>(lang: Lang, key: &str, arguments: &[(&str, T)]) -> String {
    let (cell, source) = match lang {
        Lang::Ja => (&JAPANESE, JA),
        Lang::En => (&ENGLISH, EN),
    };
    cell.with(|cell| {
        let bundle = cell.get_or_init(|| bundle(lang, source));
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in arguments {
            fluent.set(*name, value.as_ref());
        }
        bundle
            .format_pattern(pattern, Some(&fluent), &mut Vec::new())
            .into_owned()
    })
}

/// Returns the message `key` in both languages with its arguments filled in.
pub fn both(key: &str, arguments: &[(&str, &str)]) -> Text {
    Text {
        ja: message_with(Lang::Ja, key, arguments),
        en: message_with(Lang::En, key, arguments),
    }
}

fn bundle(lang: Lang, source: &str) -> FluentBundle<FluentResource> {
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle = FluentBundle::new(lang.code().parse().into_iter().collect());
    // NOTE: the isolation marks around arguments would end up in clauses and byte comparisons.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// Returns the keys of one language in the order of its file.
pub fn keys(lang: Lang) -> Vec<&'static str> {
    let source = match lang {
        Lang::Ja => JA,
        Lang::En => EN,
    };
    source
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_messages() {
        assert!(FluentResource::try_new(JA.to_owned()).is_ok());
        assert!(FluentResource::try_new(EN.to_owned()).is_ok());
        assert_eq!(keys(Lang::Ja), keys(Lang::En));
    }

    #[test]
    fn arguments_stand_in_the_message_without_marks() {
        let sentence = message_with(Lang::En, "class-from", &[("class", "2")]);
        assert_eq!(sentence, "confidentiality 2 and up");
        assert_eq!(message(Lang::En, "no-such-key"), "no-such-key");
    }
}
