import Patterns
import RestateTesting

extension EffectsInMemory {
    /// What was done, without the keys, which are drawn.
    var steps: [String] { effects.map { "\($0.subject) \($0.step)" }.sorted() }

    /// A trip is booked and paid, or nothing is left of it.
    func demandAllOrNothing() throws {
        let bySubject = Dictionary(grouping: effects, by: \.subject).mapValues { effects in
            Set(effects.map(\.step))
        }
        let isBooked = bySubject["flights"]?.contains("cancel") != true
        for subject in ["flights", "cars"] {
            let steps = bySubject[subject] ?? []
            let isWhole =
                isBooked
                ? steps.contains("confirm") || steps.isEmpty
                : steps.contains("cancel") || steps.isEmpty
            try Story.demand(isWhole, "\(subject): \(steps)")
        }
        let payments = bySubject["payments"] ?? []
        if isBooked {
            try Story.demand(!payments.contains("refund"), "booked and refunded")
        } else {
            try Story.demand(
                !payments.contains("charge") || payments.contains("refund"), "paid for nothing")
        }
    }
}
