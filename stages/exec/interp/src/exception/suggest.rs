//! "Did you mean": the closest of some names, by edit distance with cheap changes of case.

/// Longest name that is compared.
const LENGTH_MAX: usize = 40;
/// More candidates than this are not searched.
const CANDIDATES_MAX: usize = 750;
/// Cost of inserting, deleting or replacing a character.
const MOVE: usize = 2;
/// Cost of a different case.
const CASE: usize = 1;

/// The candidate that is closest to `wrong`, if one is close enough.
pub fn closest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let wrong: Vec<u8> = wrong.bytes().collect();
    if wrong.len() > LENGTH_MAX {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for (count, candidate) in candidates.enumerate() {
        if count >= CANDIDATES_MAX {
            return None;
        }
        if candidate.as_bytes() == wrong {
            continue;
        }
        // At most a third of the characters may differ, and the best so far must be beaten.
        let mut most = (candidate.len() + wrong.len() + 3) * MOVE / 6;
        most = most.min(best.map_or(wrong.len(), |(distance, _)| distance).saturating_sub(1));
        if let Some(distance) = distance(&wrong, candidate.as_bytes(), most) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

fn cost(a: u8, b: u8) -> usize {
    match (a == b, a.eq_ignore_ascii_case(&b)) {
        (true, _) => 0,
        (_, true) => CASE,
        _ => MOVE,
    }
}

/// The edit distance if it is at most `most`.
fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    if a.len() > LENGTH_MAX || b.len() > LENGTH_MAX {
        return None;
    }
    let mut row: Vec<usize> = (0..=a.len()).map(|index| index * MOVE).collect();
    for (line, &right) in b.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (line + 1) * MOVE;
        for (index, &left) in a.iter().enumerate() {
            let replaced = diagonal + cost(left, right);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index + 1] + MOVE).min(row[index] + MOVE);
        }
    }
    row.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_closest_name_wins() {
        assert_eq!(closest("pritn", ["print", "input"].into_iter()), Some("print".into()));
        assert_eq!(closest("lenght", ["len", "length"].into_iter()), Some("length".into()));
        assert_eq!(closest("x", ["y", "z"].into_iter()), None);
        assert_eq!(closest("Foo", ["foo", "bar"].into_iter()), Some("foo".into()));
    }
}
