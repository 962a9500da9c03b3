//! Chance that can be repeated: the same seed gives the same sequence on every machine.

/// The `SplitMix64` generator (Steele, Lea and Flood, 2014): one addition and three shifts.
#[derive(Debug, Clone, Copy, Default)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The sequence that starts here.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence that belongs to this text, under a seed.
    pub fn of_text(seed: u64, text: &str) -> Self {
        // Each byte is mixed into the place where the sequence stands.
        Self(text.bytes().fold(seed, |state, byte| Self(state ^ u64::from(byte)).next_bits()))
    }

    /// From 0 to just below 1.
    pub fn next_unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
        let unit = (self.next_bits() >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }

    /// From 0 to just below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        // The remainder's slant is far below anything that could be seen here.
        usize::try_from(self.next_bits() % limit as u64).unwrap_or_default()
    }

    /// Puts things into another order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }

    fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence_comes_out() {
        // Vigna's reference implementation, seed 1234567.
        let mut random = SplitMix64::new(1_234_567);
        let drawn = [random.next_bits(), random.next_bits(), random.next_bits()];
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_shuffle_keeps_everything_and_can_be_repeated() {
        let shuffled = |seed| {
            let mut things: Vec<usize> = (0..50).collect();
            SplitMix64::new(seed).shuffle(&mut things);
            things
        };
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
        let mut sorted = shuffled(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
