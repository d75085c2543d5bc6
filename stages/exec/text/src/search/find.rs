//! Finding a needle: `memchr` for one byte, its two-way and SIMD search for more.

use memchr::memmem;

/// Offset of the first `needle` in `data`.
#[inline]
pub fn find(data: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, data),
        _ => memmem::find(data, needle),
    }
}

/// Offset of the last `needle` in `data`.
#[inline]
pub fn rfind(data: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(data.len()),
        [byte] => memchr::memrchr(*byte, data),
        _ => memmem::rfind(data, needle),
    }
}

/// How often `needle`, which is not empty, stands in `data` without overlap.
///
/// An empty needle stands once more than there are items; only the caller knows their number at no cost.
pub fn count(data: &[u8], needle: &[u8]) -> usize {
    match needle {
        [] => data.len() + 1,
        [byte] => memchr::memchr_iter(*byte, data).count(),
        _ => memmem::find_iter(data, needle).count(),
    }
}
