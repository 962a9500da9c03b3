//! QR codes (ISO/IEC 18004) as SVG, with the quiet zone of four modules that readers need.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

const QUIET_MODULES: usize = 4;

/// A code of error correction level M; `None` for a text too long for any.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let is_dark = |x: &usize| code[y][*x].value();
        let mut x = 0;
        while x < code.size {
            // Neighbours in a row are one shape.
            let run = (x..code.size).take_while(is_dark).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET_MODULES, y + QUIET_MODULES);
            }
            x += run.max(1);
        }
    }
    let side = code.size + 2 * QUIET_MODULES;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}
