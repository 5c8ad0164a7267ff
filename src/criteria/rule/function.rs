//! The functions that a rule may call: those of CEL that suit facts, and our own.
//!
//! Every function is total: for arguments without an answer (a division by nothing, a day beyond the
//! calendar) it is unknown, and so it is where an argument is unknown.

use super::tree::Type;

/// A function of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Covers,
    DaysBetween,
    MonthsAfter,
    PerMille,
}

impl Function {
    /// The name, and whether the first argument stands before a dot: `text.startsWith("x")`.
    pub(super) fn spelling(self) -> (&'static str, bool) {
        match self {
            Self::Size => ("size", false),
            Self::StartsWith => ("startsWith", true),
            Self::EndsWith => ("endsWith", true),
            Self::Contains => ("contains", true),
            Self::Covers => ("covers", false),
            Self::DaysBetween => ("days_between", false),
            Self::MonthsAfter => ("months_after", false),
            Self::PerMille => ("per_mille", false),
        }
    }

    /// The types of its arguments; `None` for a list of anything.
    pub(super) fn parameters(self) -> &'static [Option<Type>] {
        const LIST: Option<Type> = None;
        const TEXT: Option<Type> = Some(Type::TEXT);
        const DATE: Option<Type> = Some(Type::DATE);
        const INTEGER: Option<Type> = Some(Type::INTEGER);
        match self {
            Self::Size => &[LIST],
            Self::StartsWith | Self::EndsWith | Self::Contains => &[TEXT, TEXT],
            Self::Covers => &[LIST, LIST],
            Self::DaysBetween => &[DATE, DATE],
            Self::MonthsAfter => &[DATE, INTEGER],
            Self::PerMille => &[INTEGER, INTEGER],
        }
    }

    /// The type of its result.
    pub(super) fn result(self) -> Type {
        match self {
            Self::StartsWith | Self::EndsWith | Self::Contains | Self::Covers => Type::BOOL,
            Self::Size | Self::DaysBetween | Self::PerMille => Type::INTEGER,
            Self::MonthsAfter => Type::DATE,
        }
    }

    /// The function of a name. Those of CEL that may stand behind a dot or before a bracket may do so here.
    pub(super) fn lookup(name: &str, behind_dot: bool) -> Option<Self> {
        ALL.into_iter().find(|function| {
            let (own, method) = function.spelling();
            own == name && (method == behind_dot || *function == Self::Size)
        })
    }
}

/// Every function.
pub(super) const ALL: [Function; 8] = [
    Function::Size,
    Function::StartsWith,
    Function::EndsWith,
    Function::Contains,
    Function::Covers,
    Function::DaysBetween,
    Function::MonthsAfter,
    Function::PerMille,
];

/// The names of all functions and macros, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    DOCUMENTED.iter().map(|one| one.name)
}

/// What is told of a function or macro. Its meaning stands in the texts for people under `function-` and
/// its name, `_` written as `-` and in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionDefinition {
    /// The name.
    pub name: &'static str,
    /// How it is called, with types.
    pub signature: &'static str,
    /// A rule of the built-in facts that uses it.
    pub example: &'static str,
    /// Whether it is ours; the others are defined by CEL.
    pub own: bool,
}

/// Every function and macro that a rule may use, CEL's first.
pub const DOCUMENTED: [FunctionDefinition; 14] = [
    FunctionDefinition {
        name: "in",
        signature: "value in list → bool",
        example: "\"SW\" in case.offering_types",
        own: false,
    },
    FunctionDefinition {
        name: "size",
        signature: "size(list) → integer, size(text) → integer",
        example: "size(cloud.data.countries) > 0",
        own: false,
    },
    FunctionDefinition {
        name: "startsWith",
        signature: "text.startsWith(text) → bool",
        example: "sbom.format.startsWith(\"cyclonedx\")",
        own: false,
    },
    FunctionDefinition {
        name: "endsWith",
        signature: "text.endsWith(text) → bool",
        example: "sbom.format.endsWith(\"json\")",
        own: false,
    },
    FunctionDefinition {
        name: "contains",
        signature: "text.contains(text) → bool",
        example: "sbom.format.contains(\"spdx\")",
        own: false,
    },
    FunctionDefinition {
        name: "all",
        signature: "list.all(name, bool) → bool",
        example: "cloud.data.countries.all(c, c in case.allowed_countries)",
        own: false,
    },
    FunctionDefinition {
        name: "exists",
        signature: "list.exists(name, bool) → bool",
        example: "cloud.data.countries.exists(c, c in case.allowed_countries)",
        own: false,
    },
    FunctionDefinition {
        name: "exists_one",
        signature: "list.exists_one(name, bool) → bool",
        example: "case.offering_types.exists_one(t, t == \"SaaS\" || t == \"PaaS\")",
        own: false,
    },
    FunctionDefinition {
        name: "filter",
        signature: "list.filter(name, bool) → list",
        example: "size(cloud.data.countries.filter(c, c != \"JP\")) <= 1",
        own: false,
    },
    FunctionDefinition {
        name: "map",
        signature: "list.map(name, value) → list",
        example: "true in cloud.data.countries.map(c, c == \"JP\")",
        own: false,
    },
    FunctionDefinition {
        name: "covers",
        signature: "covers(list, list) → bool",
        example: "covers(cloud.ismap.regions, case.used_regions)",
        own: true,
    },
    FunctionDefinition {
        name: "days_between",
        signature: "days_between(date, date) → integer",
        example: "days_between(case.planned_end_of_use, product.support.ends_on) >= 90",
        own: true,
    },
    FunctionDefinition {
        name: "months_after",
        signature: "months_after(date, integer) → date",
        example: "product.support.ends_on >= months_after(case.planned_end_of_use, 3)",
        own: true,
    },
    FunctionDefinition {
        name: "per_mille",
        signature: "per_mille(integer, integer) → integer",
        example: "per_mille(agency.information.items_classified, agency.information.items) >= 950",
        own: true,
    },
];
