import Foundation
import Synchronization

/// Whether somebody asked this process to end. The supervisor says then how far it came, and ends with
/// status 1: a run that was cut short has not found nothing.
enum Interruption {
    private static let asked = Atomic(false)

    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    static func listen() {
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in Interruption.asked.store(true, ordering: .relaxed) }
        }
    }
}
