//! The table of cell sizes and the map from a wanted size to its class.
//!
//! Steps of 8 bytes up to 80, then about 1.25x, and divisors of a block at the end, so that no block wastes
//! more than a few per cent.

/// Smallest step between addresses of cells.
pub(crate) const GRANULE: usize = 8;
pub(crate) const BLOCK_BYTES: usize = 1 << 16;
pub(crate) const BLOCK_SHIFT: u32 = 16;

const SIZES: [u32; 39] = [
    16, 24, 32, 40, 48, 56, 64, 72, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896,
    1024, 1280, 1536, 2048, 2728, 3272, 4096, 5456, 6552, 8192, 10920, 13104, 16384, 21840, 32768, 0,
];

pub(crate) const CLASS_COUNT: usize = SIZES.len() - 1;
/// Larger cells are runs of whole blocks.
pub(crate) const SMALL_MAX: usize = 32768;
const TABLE_MAX: usize = 1024;

const SMALL_TABLE: [u8; TABLE_MAX / GRANULE + 1] = {
    let mut table = [0u8; TABLE_MAX / GRANULE + 1];
    let mut class = 0;
    let mut index = 0;
    while index < table.len() {
        if index * GRANULE > SIZES[class] as usize {
            class += 1;
        }
        table[index] = class as u8;
        index += 1;
    }
    table
};

/// The class of cells that hold `bytes`, which is at most [`SMALL_MAX`].
#[inline(always)]
pub(crate) fn class_of(bytes: usize) -> usize {
    if bytes <= TABLE_MAX { SMALL_TABLE[bytes.div_ceil(GRANULE)] as usize } else { class_of_medium(bytes) }
}

#[cold]
#[inline(never)]
fn class_of_medium(bytes: usize) -> usize {
    let first = SMALL_TABLE[TABLE_MAX / GRANULE] as usize + 1;
    (first..CLASS_COUNT).find(|&class| SIZES[class] as usize >= bytes).unwrap_or(CLASS_COUNT - 1)
}

#[inline(always)]
pub(crate) fn class_bytes(class: usize) -> usize {
    SIZES[class] as usize
}

/// The bytes that a cell asked for with `bytes` really has; growable buffers use them all.
pub fn cell_bytes(bytes: usize) -> usize {
    if bytes <= SMALL_MAX {
        class_bytes(class_of(bytes))
    } else {
        bytes.saturating_add(BLOCK_BYTES - 1) & !(BLOCK_BYTES - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_is_the_smallest_that_fits() {
        for bytes in 1..=SMALL_MAX {
            let class = class_of(bytes);
            assert!(class_bytes(class) >= bytes);
            assert!(class == 0 || class_bytes(class - 1) < bytes, "{bytes} in {class}");
        }
    }
}
