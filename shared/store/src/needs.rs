//! What people need to take part, with their registrations: what was filled in is put right, and how the need stands
//! goes with it. Its version is in every condition, so that no answer meets a need that it was not given to.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use domain::{Access, Registration};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::Key;

/// The attribute with the last answer.
const ANSWERED: &str = "na";
/// The attribute with the version; missing where it is 0.
const VERSION: &str = "nv";

pub(crate) fn write(access: &Access, item: &mut Item) -> Result<(), Failure> {
    if access.version > 0 {
        item.insert(VERSION.to_owned(), number(access.version));
    }
    if let Some(answered) = &access.answered {
        item.insert(ANSWERED.to_owned(), text(serde_json::to_string(answered).map_err(Failure::unreadable)?));
    }
    Ok(())
}

pub(crate) fn read(item: &Item) -> Result<Access, Failure> {
    let version = item.number_or_none(VERSION)?.unwrap_or_default();
    let answered = item.text(ANSWERED).ok().map(serde_json::from_str).transpose().map_err(Failure::unreadable)?;
    Ok(Access { version, answered })
}

impl Store {
    /// Replaces what somebody filled in, if the booking is still the one that was read, and its need stands as it did.
    pub async fn correct(&self, was: &Registration, is: &Registration) -> Result<bool, Failure> {
        let form = serde_json::to_string(&is.form).map_err(Failure::unreadable)?;
        let request = self.client.update_item().expression_attribute_values(":d", text(form));
        self.change_need(request, "d = :d", was, &is.access).await
    }

    /// Keeps how a need stands, if it is still the one that was read.
    pub async fn keep_access(&self, was: &Registration, is: &Access) -> Result<bool, Failure> {
        self.change_need(self.client.update_item(), "", was, is).await
    }

    async fn change_need(
        &self,
        request: UpdateItemFluentBuilder,
        form: &str,
        was: &Registration,
        is: &Access,
    ) -> Result<bool, Failure> {
        let mut values = Item::new();
        write(is, &mut values)?;
        let mut set: Vec<String> = Some(form.to_owned()).filter(|form| !form.is_empty()).into_iter().collect();
        set.extend(values.keys().map(|name| format!("{name} = :{name}")));
        let removed = if values.contains_key(ANSWERED) { "" } else { " REMOVE na" };
        let condition = if was.access.version == 0 { "attribute_not_exists(nv)" } else { "nv = :was" };
        let mut request = request
            .table_name(&self.table)
            .set_key(Some(Key::Registration(was.person, was.event).attributes()))
            .update_expression(format!("SET {}{removed}", set.join(", ")))
            .condition_expression(format!("g = :g AND attempt = :attempt AND {condition}"))
            .expression_attribute_values(":g", number(was.generation.0))
            .expression_attribute_values(":attempt", number(was.attempt));
        if was.access.version > 0 {
            request = request.expression_attribute_values(":was", number(was.access.version));
        }
        for (name, value) in values {
            request = request.expression_attribute_values(format!(":{name}"), value);
        }
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
