//! Languages are those of the registry (6.1.12).

use isolang::Language;

use super::Report;
use crate::evidence::csaf::document::Document;

/// Codes of groups of languages (ISO 639-5), which the registry of BCP 47 holds beside single languages.
const GROUPS: &str = "aav afa alg alv apa aqa aql art ath auf aus awd azc bad bai bat ber bih bnt btk cai \
    cau cba ccn ccs cdc cdd cel cmc cpe cpf cpp crp csu cus day dmn dra egx esx euq fiu fox gem gme gmq \
    gmw grk hmx hok hyx iir ijo inc ine ira iro itc jpx kar kdo khi kro map mkh mno mun myn nah nai ngf \
    nic nub omq omv oto paa phi plf poz pqe pqw pra qwe roa sai sal sdv sem sgn sio sit sla smi son sqj \
    ssa syd tai tbq trk tup tut tuw urj wak wen xgn xnd ypk zhx zle zls zlw znd";

/// Codes of countries and other areas: ISO 3166-1 and what the registry of BCP 47 holds beside it.
const REGIONS: &str = "AA AC AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ \
    BL BM BN BO BQ BR BS BT BU BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CS CU CV CW CX CY \
    CZ DD DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU EZ FI FJ FK FM FO FR FX GA GB GD GE GF GG GH GI \
    GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NT NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SU SV SX SY SZ TA TC TD \
    TF TG TH TJ TK TL TM TN TO TP TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS YD YE YT \
    YU ZA ZM ZR ZW ZZ";

/// 6.1.12: the languages of the document and of its source are language codes (BCP 47).
pub(super) fn known(document: &Document<'_>, report: &mut Report<'_>) {
    for key in ["lang", "source_lang"] {
        if let Some(item) = document.head(&[key])
            && let Some(text) = item.text()
            && !is_language(text)
        {
            report.at(item, || format!("`{text}` is no language of the registry"));
        }
    }
}

/// Whether the parts of a tag that name a language and a country are registered. The form of the tag is the
/// schema's business.
fn is_language(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase();
    let mut parts = lower.split('-');
    let primary = parts.next().unwrap_or_default();
    if matches!(primary, "x" | "i") {
        return true;
    }
    let mut is_known = is_primary(primary);
    for (position, part) in parts.enumerate() {
        match part.len() {
            // An extension or private use: what follows is of no registry for languages.
            1 => break,
            2 => is_known &= is_region(part),
            3 if position == 0 && part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                is_known &= Language::from_639_3(part).is_some();
            }
            _ => {}
        }
    }
    is_known
}

fn is_primary(primary: &str) -> bool {
    match primary.len() {
        2 => Language::from_639_1(primary).is_some(),
        3 => {
            ("qaa"..="qtz").contains(&primary)
                || GROUPS.split_whitespace().any(|one| one == primary)
                // Where there is a code of two letters the registry has that one only.
                || Language::from_639_3(primary).is_some_and(|one| one.to_639_1().is_none())
        }
        _ => false,
    }
}

fn is_region(region: &str) -> bool {
    let region = region.to_ascii_uppercase();
    ("QM"..="QZ").contains(&region.as_str())
        || ("XA"..="XZ").contains(&region.as_str())
        || REGIONS.split_whitespace().any(|one| one == region)
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn languages_are_registered() {
        for (tag, expected) in [
            ("en", true),
            ("en-US", true),
            ("de-CH-1996", true),
            ("zh-Hans-CN", true),
            ("zh-yue", true),
            ("es-419", true),
            ("ast", true),
            ("roa", true),
            ("qtx", true),
            ("x-private", true),
            ("i-default", true),
            ("en-x-ez", true),
            ("EZ", false),
            ("eng", false),
            ("en-AB", false),
            ("xx", false),
            ("qqqq", false),
        ] {
            let finding = format!("/document/lang: `{tag}` is no language of the registry");
            check(
                "6.1.12",
                "2.0",
                &[(
                    &format!(r#""lang":"{tag}""#),
                    "",
                    (!expected).then_some(&finding),
                )],
            );
        }
        check(
            "6.1.12",
            "2.1",
            &[
                ("", "", None),
                (
                    r#""source_lang":"EZ""#,
                    "",
                    Some("/document/source_lang: `EZ` is no language of the registry"),
                ),
            ],
        );
    }
}
