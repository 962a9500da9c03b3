//! The Lambda function `report-monthly`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("report-monthly", |app, payload| async move { report::monthly(&app, payload).await }).await
}
