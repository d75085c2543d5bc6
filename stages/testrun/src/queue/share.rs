//! Cutting a list into contiguous shares of about equal weight.

/// How many of `weights`, in order, each of `parts` shares gets.
pub(super) fn contiguous(weights: &[f64], parts: usize) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let mut counts = vec![0; parts];
    let (mut sum, mut part) = (0.0, 0);
    for weight in weights {
        let middle = sum + weight / 2.0;
        while part + 1 < parts && middle > total * (part + 1) as f64 / parts as f64 {
            part += 1;
        }
        counts[part] += 1;
        sum += weight;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_contiguous_and_complete() {
        assert_eq!(contiguous(&[1.0; 10], 2), [5, 5]);
        assert_eq!(contiguous(&[8.0, 1.0, 1.0, 1.0, 1.0], 2), [1, 4]);
        assert_eq!(contiguous(&[], 3), [0, 0, 0]);
        assert_eq!(contiguous(&[0.0; 4], 2).iter().sum::<usize>(), 4);
        assert_eq!(contiguous(&[1.0], 4).iter().sum::<usize>(), 1);
    }
}
