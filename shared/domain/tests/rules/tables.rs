//! The rules, one table each. Times: the clock begins on Monday 8 June 2026, 09:00 in London.

use crate::table::run;

#[test]
fn first_come_first_served_and_a_freed_place_goes_to_the_next() {
    run("
        event capacity=1 offer_hours=12
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        ann  register  -> confirmed
        ann  cancel    -> cancelled, bob offered
        dan  register  -> waiting 2
        bob  accept    -> confirmed
        bob  accept    -> confirmed
        cat  accept    -> no-offer
    ");
}

#[test]
fn a_first_lapse_returns_to_the_end_and_a_second_ends_it() {
    run("
        event capacity=1 offer_hours=11
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        ann  cancel    -> cancelled, bob offered
        +10h59m        -> nothing
        +1m            -> cat offered, bob returned 1
        bob  accept    -> offer-expired
        cat  decline   -> declined, bob offered-again
        +24h           -> bob expired
        bob  accept    -> offer-expired
        dan  register  -> confirmed
    ");
}

#[test]
fn an_offer_is_renewed_once_when_nobody_else_waits() {
    run("
        event capacity=1 offer_hours=11
        ann  register  -> confirmed
        bob  register  -> waiting 1
        ann  cancel    -> cancelled, bob offered
        +11h           -> bob offered-again
        +22h59m        -> nothing
        +1m            -> bob expired
    ");
}

#[test]
fn an_offer_never_outlives_the_closing() {
    run("
        event capacity=1 offer_hours=24
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        ann  cancel    -> cancelled, bob offered
        cat  accept    -> no-offer
        set  closes=1  -> bob offered
        +24h           -> cat promoted, bob returned 1
        bob  accept    -> offer-expired
    ");
}

#[test]
fn a_sweep_that_is_late_changes_nothing_for_anyone() {
    run("
        event capacity=1 offer_hours=11
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        ann  cancel    -> cancelled, bob offered
        ~11h           -> nothing
        bob  accept    -> offer-expired, cat offered
        +0s            -> nothing
        bob  accept    -> offer-expired
    ");
}

#[test]
fn no_offer_is_made_between_closing_and_start_and_nobody_is_promoted_after() {
    run("
        event capacity=1 closes=1 starts=2
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        +24h           -> nothing
        dan  register  -> registration-closed
        ann  cancel    -> cancelled, bob promoted
        +24h           -> cat line-ended
        bob  cancel    -> event-over
    ");
}

#[test]
fn without_offers_the_next_is_confirmed_at_once() {
    run("
        event capacity=2 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> confirmed
        cat  register  -> waiting 1
        dan  register  -> waiting 2
        ann  cancel    -> cancelled, cat promoted
        ann  cancel    -> cancelled
        bob  cancel late -> cancelled late, dan promoted
        ann  register  -> waiting 1
    ");
}

#[test]
fn the_line_has_a_limit_and_says_full_only_when_it_is() {
    run("
        event capacity=1 limit=1 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> event-full
        bob  cancel    -> cancelled
        cat  register  -> waiting 1
        bob  register  -> event-full
        ann  cancel    -> cancelled, cat promoted
        bob  register  -> waiting 1
        set  limit=0   -> nothing
        eve  register  -> event-full
        cat  cancel    -> cancelled, bob promoted
        eve  register  -> event-full
        bob  cancel    -> cancelled
        eve  register  -> confirmed
    ");
}

#[test]
fn priority_comes_before_the_ticket() {
    run("
        event capacity=1 offer_hours=none
        ann  register   -> confirmed
        bob  register   -> waiting 1
        cat  register   -> waiting 2
        cat  priority 1 -> waiting 1
        bob  priority 9 -> waiting 2
        dan  register   -> waiting 2
        ann  cancel     -> cancelled, cat promoted
        cat  cancel     -> cancelled, dan promoted
    ");
}

#[test]
fn an_organiser_confirms_above_capacity_and_the_next_free_place_pays_for_it() {
    run("
        event capacity=1 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        cat  admit     -> confirmed
        ann  cancel    -> cancelled
        cat  cancel    -> cancelled, bob promoted
    ");
}

#[test]
fn approval_comes_first_and_a_full_event_makes_the_approved_wait() {
    run("
        event capacity=1 approval
        ann  register  -> approval
        bob  register  -> approval
        cat  register  -> approval
        bob  admit     -> confirmed
        ann  admit     -> waiting 1
        cat  reject    -> rejected
        cat  reject    -> rejected
        bob  cancel    -> cancelled, ann offered
    ");
}

#[test]
fn lanes_hold_their_places_for_their_roles_until_they_are_released() {
    run("
        event capacity=2 lane=1:2 release=1:7 offer_hours=none closes=30
        gp1  register lane=1 -> confirmed
        nu1  register -> confirmed
        nu2  register -> confirmed
        nu3  register -> waiting 1
        nu4  register -> waiting 2
        +552h         -> nu3 promoted
        nu5  register -> waiting 2
    ");
}

#[test]
fn a_released_lanes_waiters_come_before_everyone_elses() {
    run("
        event capacity=1 lane=1:1 release=1:25 offer_hours=none
        gp1  register lane=1 -> confirmed
        gp2  register lane=1 -> waiting 1
        nu1  register -> confirmed
        nu2  register -> waiting 1
        +120h         -> nothing
        nu1  cancel   -> cancelled, gp2 promoted
        gp1  cancel   -> cancelled, nu2 promoted
        gp3  register lane=1 -> waiting 1
    ");
}

#[test]
fn an_organisation_has_no_more_than_its_limit() {
    run("
        event capacity=9 org_limit=2 offer_hours=none
        ann  register org=a -> confirmed
        bob  register org=a -> confirmed
        cat  register org=a -> organisation-limit
        dan  register org=b -> confirmed
        ann  cancel    -> cancelled
        cat  register org=a -> confirmed
    ");
}

#[test]
fn capacity_raised_gives_places_and_lowered_ejects_nobody() {
    run("
        event capacity=2 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> confirmed
        cat  register  -> waiting 1
        dan  register  -> waiting 2
        set  capacity=3 -> cat promoted
        set  capacity=1 -> nothing
        ann  cancel    -> cancelled
        bob  cancel    -> cancelled
        cat  cancel    -> cancelled, dan promoted
    ");
    run("
        event capacity=5 offer_hours=none
        ann  register  -> confirmed
        set  capacity=1 -> nothing
        bob  register  -> waiting 1
    ");
}

#[test]
fn a_substitute_takes_ticket_and_place_even_when_full() {
    run("
        event capacity=1 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> waiting 1
        ann  substitute zoe -> substituted, zoe confirmed
        ann  substitute zoe -> booking-not-found
        zoe  cancel    -> cancelled, bob promoted
    ");
}

#[test]
fn a_group_gets_all_its_places_or_none() {
    run("
        event capacity=3 offer_hours=none
        ann  register -> confirmed
        grp  group 3  -> event-full
        grp  group 2  -> grp0 confirmed, grp1 confirmed
        bob  register -> waiting 1
        grp0 cancel   -> cancelled, bob promoted
    ");
}

#[test]
fn cancelling_the_event_ends_everything_at_once() {
    run("
        event capacity=1 offer_hours=none
        ann  register  -> confirmed
        bob  register  -> waiting 1
        set  status=cancelled -> ann event-cancelled, bob event-cancelled
        ann  cancel    -> eventcancelled
        cat  register  -> event-cancelled
    ");
}

#[test]
fn opening_and_closing_hold_to_the_second() {
    run("
        event capacity=5 opens=1 closes=2
        ann  register  -> registration-not-open
        +23h59m59s     -> nothing
        ann  register  -> registration-not-open
        +1s            -> nothing
        ann  register  -> confirmed
        +23h59m59s     -> nothing
        bob  register  -> confirmed
        +1s            -> nothing
        cat  register  -> registration-closed
        cat  booked    -> confirmed
    ");
}

#[test]
fn a_lane_that_is_taken_away_loses_nobody() {
    run("
        event capacity=1 lane=1:1 offer_hours=none
        gp1  register lane=1 -> confirmed
        gp2  register lane=1 -> waiting 1
        nu1  register -> confirmed
        set  nolane=1 capacity=2 -> nothing
        nu1  cancel   -> cancelled, gp2 promoted
    ");
}

#[test]
fn a_limit_by_organisation_that_comes_late_counts_who_is_there() {
    run("
        event capacity=5
        ann  register org=A -> confirmed
        bob  register org=A -> confirmed
        cat  register org=B -> confirmed
        set  org_limit=2 -> nothing
        dan  register org=A -> organisation-limit
        eve  register org=B -> confirmed
        ann  cancel   -> cancelled
        dan  register org=A -> confirmed
        set  org_limit=3 -> nothing
        fay  register org=A -> confirmed
        set  org_limit=none -> nothing
        gus  register org=A -> waiting 1
    ");
}

#[test]
fn lanes_divide_the_capacity_and_never_give_out_more_than_it() {
    run("
        event capacity=2 offer_hours=none
        gp1  register -> confirmed
        gp2  register -> confirmed
        set  capacity=1 lane=1:1 -> nothing
        gp3  register lane=1 -> waiting 1
        gp1  cancel   -> cancelled, gp3 promoted
    ");
}

#[test]
fn a_cancelled_event_takes_no_answer_to_an_offer() {
    run("
        event capacity=1
        ann  register  -> confirmed
        bob  register  -> waiting 1
        ann  cancel    -> cancelled, bob offered
        set  status=cancelled -> bob event-cancelled
        bob  accept    -> event-cancelled
        bob  decline   -> event-cancelled
    ");
}

#[test]
fn whoever_let_an_offer_lapse_is_told_so_whatever_came_after() {
    run("
        event capacity=1 offer_hours=11
        ann  register  -> confirmed
        bob  register  -> waiting 1
        cat  register  -> waiting 2
        ann  cancel    -> cancelled, bob offered
        +11h           -> cat offered, bob returned 1
        bob  admit     -> confirmed
        bob  accept    -> offer-expired
        bob  cancel    -> cancelled
        bob  accept    -> offer-expired
    ");
}

#[test]
fn an_organiser_may_pass_closing_but_not_the_line() {
    run("
        event capacity=1 limit=0 closes=1 starts=2
        ann  register  -> confirmed
        +24h           -> nothing
        bob  booked    -> event-full
        ann  cancel    -> cancelled
        bob  booked    -> confirmed
    ");
}
