import Primitives

/// Notes for each command of an attempt the line that issued it. An attempt has one only while its
/// journal is recorded.
package final class SiteLog: Sendable {
    /// By the index of the command, without the input, which no line issues. Locked, because the machine does not know
    /// to which loop or strand it belongs; nobody else ever has the lock.
    private let sites = Locked<[CallSite]>([])

    package init() {}

    func note(_ index: UInt32, _ site: CallSite) {
        sites.withLock { sites in
            // A command that is not issued in its turn ends the attempt.
            if Int(index) == sites.count + 1 { sites.append(site) }
        }
    }

    /// The line that issued the command with this index, as text.
    package var texts: [String] { sites.withLock { $0.map(\.description) } }
}
