/// Notes for each command of an attempt the line that issued it. An attempt has one only while its
/// journal is recorded. It is confined like its machine.
package final class SiteLog: @unchecked Sendable {
    /// By the index of the command, without the input, which no line issues.
    private var sites: [CallSite] = []

    package init() {}

    func note(_ index: UInt32, _ site: CallSite) {
        // A command that is not issued in its turn ends the attempt.
        if Int(index) == sites.count + 1 { sites.append(site) }
    }

    /// The line that issued the command with this index, as text.
    package var texts: [String] { sites.map(\.description) }
}
