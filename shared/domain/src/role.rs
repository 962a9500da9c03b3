//! What people do: a closed list.

use serde::{Deserialize, Serialize};

macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $slug:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[doc = $label] #[serde(rename = $slug)] $variant),* }

        impl $name {
            /// Every value, in the order in which lists show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used in the API and in stored items.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }

            /// The words shown to people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            /// The value with this name, if there is one.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.slug() == slug)
            }
        }
    };
}

closed_list! {
    /// What a person does.
    Role {
        Gp = "gp", "GP";
        GpTrainee = "gp-trainee", "GP trainee";
        PracticeNurse = "practice-nurse", "Practice nurse";
        NurseAssociate = "nurse-associate", "Nursing associate";
        HealthcareAssistant = "healthcare-assistant", "Healthcare assistant";
        Pharmacist = "pharmacist", "Pharmacist";
        Paramedic = "paramedic", "Paramedic";
        PhysicianAssociate = "physician-associate", "Physician associate";
        AlliedHealth = "allied-health", "Allied health professional";
        PracticeManager = "practice-manager", "Practice manager";
        Receptionist = "receptionist", "Receptionist";
        SocialPrescriber = "social-prescriber", "Social prescriber";
        SchoolStaff = "school-staff", "School staff";
        Student = "student", "Student";
        Volunteer = "volunteer", "Volunteer";
        Other = "other", "Other";
    }
}
