//! Places for the labels of points, so that none lies on another.

/// A box in tenths of a unit: left, top, right, bottom.
pub(super) type Area = (i64, i64, i64, i64);

/// Where a label lies, and whether a line must lead to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// The area that the label takes.
    pub area: Area,
    /// Whether it lies away from its point.
    pub led: bool,
}

/// The height of a label, in tenths of a unit.
pub(super) const HEIGHT: i64 = 150;

/// The width that a label is given, in tenths of a unit: an ASCII character takes one column, any other two.
pub(super) fn width(label: &str) -> i64 {
    let columns: i64 = label
        .chars()
        .map(|character| if character.is_ascii() { 66 } else { 118 })
        .sum();
    columns + 40
}

/// Cuts a label to `columns`, counting everything but ASCII as two.
pub(super) fn fitted(label: &str, columns: usize) -> String {
    let mut left = columns;
    let fits = label.chars().all(|character| {
        let width = if character.is_ascii() { 1 } else { 2 };
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    if fits {
        return label.to_owned();
    }
    let mut left = columns.saturating_sub(2);
    let kept = label.chars().take_while(|character| {
        let width = if character.is_ascii() { 1 } else { 2 };
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    kept.chain(['…']).collect()
}

/// Finds places for labels beside their points, one after the other: close by where there is room, else led to by a line.
///
/// `points` are places and widths of labels. A label that fits nowhere has none; with labels that take less than half of
/// the frame this does not happen.
pub(super) fn place(frame: Area, points: &[((i64, i64), i64)], radius: i64) -> Vec<Option<Placed>> {
    let dots: Vec<Area> = points
        .iter()
        .map(|((x, y), _)| (x - radius, y - radius, x + radius, y + radius))
        .collect();
    let mut taken: Vec<Area> = Vec::new();
    points
        .iter()
        .map(|((x, y), width)| {
            let free =
                |area: &Area| inside(frame, *area) && taken.iter().all(|one| apart(*one, *area));
            let off_dots = |area: &Area| dots.iter().all(|dot| apart(*dot, *area));
            let near = candidates((*x, *y), *width, radius);
            let mut found = near
                .iter()
                .find(|area| free(area) && off_dots(area))
                .map(|area| Placed {
                    area: *area,
                    led: false,
                });
            if found.is_none() {
                found = far(frame, (*x, *y), *width, |area| free(area) && off_dots(area))
                    .or_else(|| far(frame, (*x, *y), *width, free))
                    .map(|area| Placed { area, led: true });
            }
            taken.extend(found.map(|one| one.area));
            found
        })
        .collect()
}

/// The places right beside a point, the best first.
fn candidates((x, y): (i64, i64), width: i64, radius: i64) -> [Area; 6] {
    let gap = radius + 50;
    let boxed = |left: i64, top: i64| (left, top, left + width, top + HEIGHT);
    [
        boxed(x + gap, y - HEIGHT / 2),
        boxed(x - gap - width, y - HEIGHT / 2),
        boxed(x - width / 2, y - gap - HEIGHT),
        boxed(x - width / 2, y + gap),
        boxed(x + gap / 2, y - gap - HEIGHT),
        boxed(x + gap / 2, y + gap),
    ]
}

/// The nearest place on a grid over the frame.
fn far(
    (left, top, right, bottom): Area,
    (x, y): (i64, i64),
    width: i64,
    free: impl Fn(&Area) -> bool,
) -> Option<Area> {
    let columns = (left..right).step_by(80);
    let places = columns.flat_map(|left| {
        let rows = (top..bottom).step_by(160);
        rows.map(move |top| (left, top, left + width, top + HEIGHT))
    });
    places.filter(|area| free(area)).min_by_key(|area| {
        let (dx, dy) = (
            i64::midpoint(area.0, area.2) - x,
            i64::midpoint(area.1, area.3) - y,
        );
        // Beside is easier to follow than above.
        (dx * dx + dy * dy * 2, area.0, area.1)
    })
}

/// Whether two areas have nothing in common.
pub(super) fn apart(one: Area, other: Area) -> bool {
    one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1
}

fn inside(frame: Area, area: Area) -> bool {
    area.0 >= frame.0 && area.1 >= frame.1 && area.2 <= frame.2 && area.3 <= frame.3
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Area = (700, 400, 7000, 4600);

    fn check(points: &[((i64, i64), i64)]) {
        let placed = place(FRAME, points, 50);
        let areas: Vec<_> = placed
            .iter()
            .map(|one| one.expect("a place").area)
            .collect();
        for (index, area) in areas.iter().enumerate() {
            assert!(inside(FRAME, *area), "{area:?}");
            for other in areas.iter().skip(index + 1) {
                assert!(apart(*area, *other), "{area:?} {other:?}");
            }
        }
    }

    #[test]
    fn thirty_labels_lie_apart_wherever_their_points_lie() {
        let label = width("30 青葉システム株式会社");
        check(&[((3000, 2000), label); 30]);
        check(&[((700, 4600), label); 30]);
        let mut seed: i64 = 7;
        let mut next = |below: i64| {
            seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
            seed / 65_536 % below
        };
        for spread in [100, 1_000, 4_000] {
            for _ in 0..20 {
                let points: Vec<_> = (0..30)
                    .map(|_| ((800 + next(spread), 500 + next(spread)), 600 + next(1_000)))
                    .collect();
                check(&points);
            }
        }
    }

    #[test]
    fn a_name_is_cut_by_its_width() {
        assert_eq!(fitted("青葉システム株式会社", 20), "青葉システム株式会社");
        assert_eq!(fitted("青葉システム株式会社", 12), "青葉システ…");
        assert_eq!(fitted("Aoba Systems", 8), "Aoba S…");
    }

    #[test]
    fn a_label_alone_lies_beside_its_point() {
        let placed = place(FRAME, &[((3000, 2000), 900)], 50);
        let expected = Placed {
            area: (3100, 1925, 4000, 2075),
            led: false,
        };
        assert_eq!(placed, [Some(expected)]);
        // At the right edge it lies on the left.
        let placed = place(FRAME, &[((6950, 2000), 900)], 50);
        assert_eq!(placed[0].unwrap().area.2, 6850);
    }
}
