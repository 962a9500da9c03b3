//! Composition: configuration, clock, entropy, clients; hands each function what it needs.
