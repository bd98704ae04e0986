//! Chance has one door: a seed, and named streams that do not disturb each other.
//!
//! A draw more in one place must not shift the draws of another, so every purpose has a stream of its
//! own. The generator (PCG XSL RR 128/64) is portable: the same numbers on every machine. Only its bits are
//! used; everything made of them is made here or in `model::distribution`, with `libm`, because
//! `rand_distr` computes differently once any crate of the build switches on `num-traits/std`.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng as _, SeedableRng};

/// One named stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    generator: Pcg64,
}

impl Stream {
    /// The stream of that `purpose` under `seed`; `index` tells apart, for example, tasks.
    pub fn new(seed: u64, purpose: &str, index: u64) -> Stream {
        // FNV-1a, written out because its result is part of what a seed means.
        let mut name = 0xcbf2_9ce4_8422_2325u64;
        for byte in purpose.bytes().chain(index.to_le_bytes()) {
            name = (name ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Stream { generator: Pcg64::seed_from_u64(seed ^ name.rotate_left(17)) }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A float strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        // 52 bits and a half step: never 0, never 1, exact in f64.
        ((self.bits() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A whole number below `bound`, each equally likely (Lemire's multiply-and-reject).
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below zero to draw");
        loop {
            let wide = u128::from(self.bits()) * u128::from(bound);
            let low = wide as u64;
            if low >= bound.wrapping_neg() % bound {
                return (wide >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_apart() {
        let draw = |seed, name, index| {
            let mut stream = Stream::new(seed, name, index);
            [stream.bits(), stream.bits()]
        };
        assert_eq!(draw(1, "duration", 0), draw(1, "duration", 0));
        assert_ne!(draw(1, "duration", 0), draw(1, "duration", 1));
        assert_ne!(draw(1, "duration", 0), draw(1, "placement", 0));
        assert_ne!(draw(1, "duration", 0), draw(2, "duration", 0));
    }

    #[test]
    fn draws_stay_in_range_and_reach_all_of_it() {
        let mut stream = Stream::new(7, "test", 0);
        let mut seen = [0u32; 5];
        for _ in 0..5000 {
            seen[stream.below(5) as usize] += 1;
            let unit = stream.unit();
            assert!(unit > 0.0 && unit < 1.0);
        }
        assert!(seen.iter().all(|&n| (800..1200).contains(&n)), "{seen:?}");
    }
}
