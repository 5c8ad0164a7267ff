//! How many steps a rule can take at most, whatever the facts are.
//!
//! A step is the visit of one expression or of one element of a list; the evaluator counts the same way,
//! and a test holds that no evaluation takes more steps than the bound says.

use super::function::Function;
use super::tree::Node;

/// The longest list of a fact or parameter that a rule looks at; a longer one is unknown to it. There are
/// about 250 country codes (ISO 3166-1); services, regions and subcontractors stay below this as well.
pub const MAXIMUM_WORDS: usize = 1000;

/// The most steps that a rule may need: ten comparisons of every word of a list with every word of another.
/// A step takes a few nanoseconds, so a rule ends within a tenth of a second.
pub const MAXIMUM_STEPS: u64 = 10_000_000;

/// The bounds of an expression.
#[derive(Debug, Clone, Copy, Default)]
struct Bound {
    steps: u64,
    /// Of the list that it gives; zero for what is no list.
    length: u64,
}

/// The most steps that evaluating `node` takes.
pub(super) fn steps(node: &Node, is_list: &[bool]) -> u64 {
    bound(node, is_list).steps
}

fn bound(node: &Node, is_list: &[bool]) -> Bound {
    let of = |node: &Node| bound(node, is_list);
    // Every part is visited once unless said otherwise below, and the expression itself is a step.
    let once = || {
        node.parts()
            .into_iter()
            .fold(1_u64, |sum, part| sum.saturating_add(of(part).steps))
    };
    match node {
        Node::Fact(slot) => Bound {
            steps: 1,
            length: if is_list.get(*slot) == Some(&true) {
                u64::try_from(MAXIMUM_WORDS).unwrap_or(u64::MAX)
            } else {
                0
            },
        },
        Node::List(nodes) => Bound {
            steps: once(),
            length: u64::try_from(nodes.len()).unwrap_or(u64::MAX),
        },
        Node::In(nodes) => {
            let [_, list] = &**nodes;
            with(once(), of(list).length, 0)
        }
        Node::Compare(_, nodes) => {
            let [left, right] = &**nodes;
            with(once(), of(left).length.min(of(right).length), 0)
        }
        Node::Calculate(_, nodes) => {
            let [left, right] = &**nodes;
            let length = of(left).length.saturating_add(of(right).length);
            with(once(), length, length)
        }
        Node::Choose(nodes) => Bound {
            steps: once(),
            length: nodes.iter().map(|part| of(part).length).max().unwrap_or(0),
        },
        Node::Each {
            range, condition, ..
        } => {
            let (range, condition) = (of(range), of(condition));
            let rounds = range
                .length
                .saturating_mul(condition.steps.saturating_add(1));
            with(range.steps.saturating_add(1), rounds, 0)
        }
        Node::Gather {
            range,
            condition,
            item,
            ..
        } => {
            let range = of(range);
            let each = condition
                .as_deref()
                .map_or(0, |condition| of(condition).steps)
                .saturating_add(of(item).steps)
                .saturating_add(1);
            let rounds = range.length.saturating_mul(each);
            with(range.steps.saturating_add(1), rounds, range.length)
        }
        Node::Call(Function::Covers, arguments) => {
            let product = arguments
                .iter()
                .fold(1_u64, |product, one| product.saturating_mul(of(one).length));
            with(once(), product, 0)
        }
        _ => Bound {
            steps: once(),
            length: 0,
        },
    }
}

fn with(steps: u64, more: u64, length: u64) -> Bound {
    Bound {
        steps: steps.saturating_add(more),
        length,
    }
}
