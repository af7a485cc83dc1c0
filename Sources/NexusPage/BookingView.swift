internal import Nexus
internal import Restate

/// What a visitor is told of a booking.
struct BookingView: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        case running
        /// It is over, and the seat is sold to the visitor.
        case confirmed
        /// It is over, and nothing is left of it.
        case undone
        /// It is over: the seat was somebody else's before.
        case refused
        /// Nothing is known of it (any more).
        case unknown
    }

    enum Step: String, Codable, Sendable {
        case waiting, active, done, failed, undoing, undone
    }

    struct Steps: Codable, Equatable, Sendable {
        var reserve = Step.waiting
        var pay = Step.waiting
        var confirm = Step.waiting
        var mail = Step.waiting
    }

    var bookingId: String
    var state: State
    var steps: Steps
    /// Why it did not end well.
    var message: String?
}

extension BookingView {
    /// A booking that is under way.
    /// - Parameter phase: nil if it is not known how far it is.
    init(_ id: BookingID, in phase: BookingPhase?) {
        let steps: Steps =
            switch phase {
            case nil: Steps()
            case .reserving: Steps(reserve: .active)
            case .paying: Steps(reserve: .done, pay: .active)
            case .confirming: Steps(reserve: .done, pay: .done, confirm: .active)
            case .mailing: Steps(reserve: .done, pay: .done, confirm: .done, mail: .active)
            case .undoing(declined: true): Steps(reserve: .undoing, pay: .failed)
            case .undoing(declined: false): Steps(reserve: .undoing, pay: .undoing)
            // Its result is about to be known, whichever it is.
            case .ended: Steps()
            }
        self.init(bookingId: id.text, state: .running, steps: steps)
    }

    /// A booking that ended well.
    init(confirmed id: BookingID) {
        let steps = Steps(reserve: .done, pay: .done, confirm: .done, mail: .done)
        self.init(bookingId: id.text, state: .confirmed, steps: steps)
    }

    init(unknown id: BookingID) {
        self.init(bookingId: id.text, state: .unknown, steps: Steps())
    }

    /// A booking that did not end well. The checkout's text says how far it had come; by then all is
    /// undone.
    init(_ id: BookingID, failed error: TerminalError) {
        let message = error.message
        // Through the ingress only its code is left of a cancellation.
        if error.code == 409 {
            self.init(
                bookingId: id.text, state: .undone, steps: Steps(reserve: .undone, pay: .undone),
                message: "The booking was cancelled")
        } else if let reason = message.after("Payment failed: ") {
            let declined = reason.after("Payment declined: ")
            self.init(
                bookingId: id.text, state: .undone,
                steps: Steps(reserve: .undone, pay: declined == nil ? .undone : .failed),
                message: declined.map { "The card was declined: \($0)" } ?? reason)
        } else if let reason = message.after("Booking failed: ") {
            self.init(
                bookingId: id.text, state: .undone,
                steps: Steps(reserve: .undone, pay: .undone, confirm: .failed), message: reason)
        } else {
            self.init(
                bookingId: id.text, state: .refused, steps: Steps(reserve: .failed),
                message: message)
        }
    }
}

extension String {
    /// What follows a beginning; nil if it begins otherwise.
    fileprivate func after(_ beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }
}
