//! What must agree, agrees: the code with its rules about itself, with the template, with the recorded triggers, and
//! the store's expressions with the domain's steps.

mod house;
mod protocol;
mod template;
mod triggers;
