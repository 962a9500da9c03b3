//! Proof that the state is sound, recomputed from nothing but the stored items.
