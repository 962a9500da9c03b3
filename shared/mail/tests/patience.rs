//! What is tried again while one mail is sent: only what certainly has not gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_ses::config::{BehaviorVersion, HttpClient, Region, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use domain::EmailAddress;
use mail::{Letter, Mail, Mailer};

const TAKEN: &str = "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendRawEmailResult>\
    <MessageId>m-1</MessageId></SendRawEmailResult></SendRawEmailResponse>";

/// Answers with one error until it has been asked often enough.
#[derive(Debug, Clone)]
struct Ses {
    asked: Arc<AtomicUsize>,
    refusals: usize,
    status: u16,
    code: &'static str,
}

impl HttpConnector for Ses {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let is_refused = self.asked.fetch_add(1, Ordering::SeqCst) < self.refusals;
        let error =
            format!("<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code></Error></ErrorResponse>", self.code);
        let (status, body) = if is_refused { (self.status, error) } else { (200, TAKEN.to_owned()) };
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

impl HttpClient for Ses {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Sends one mail; SES's identifier if it was taken, and how often SES was asked.
async fn send(refusals: usize, status: u16, code: &'static str) -> (Option<String>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let ses = Ses { asked: Arc::clone(&asked), refusals, status, code };
    let config = aws_sdk_ses::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .endpoint_url("http://ses.invalid")
        .allow_no_auth()
        .http_client(SharedHttpClient::new(ses))
        .build();
    let client = aws_sdk_ses::Client::from_conf(config);
    let mailer = Mailer::new(&client, "hub@hub.example".to_owned());
    let to = EmailAddress::parse("ann@practice.example").expect("an address");
    let letter = Letter { subject: "S".into(), greeting: "G".into(), parts: Vec::new(), hub: "Hub".into() };
    let sent = mailer.send(&Mail::new("Hub", &to, &letter, "R.e")).await.ok();
    (sent, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_limit_of_mails_a_second_is_waited_out() {
    assert_eq!(send(2, 400, "Throttling").await, (Some("m-1".to_owned()), 3));
}

#[tokio::test]
async fn whatever_may_have_gone_is_not_sent_again() {
    assert_eq!(send(1, 500, "InternalFailure").await, (None, 1));
    assert_eq!(send(1, 503, "ServiceUnavailable").await, (None, 1));
}
