/// A limit for what a peer can make a program spend, with its default value. It is shown as a row
/// of the tables in `docs/guide/bounds.md`, and as a line at the end of `--help`.
package struct Bound: Sendable {
    /// What is limited, in a few words.
    package let name: String
    let value: String
    /// The local runtime's value, if it differs.
    let localValue: String?
    /// Where another value can be set.
    let setting: String
    /// What happens beyond the limit.
    let effect: String

    package init(
        name: String, value: String, localValue: String? = nil, setting: String = "fixed",
        effect: String
    ) {
        self.name = name
        self.value = value
        self.localValue = localValue
        self.setting = setting
        self.effect = effect
    }

    /// The row of the table in the guide.
    package var row: String {
        let other = localValue.flatMap { $0 == value ? nil : ", at the local runtime \($0)" } ?? ""
        return "| \(name) | \(value)\(other) | \(setting) | \(effect) |"
    }

    /// Returns the line of `--help`, in which the names take `width` columns.
    package func line(width: Int, local: Bool) -> String {
        let gap = String(repeating: " ", count: width + 2 - name.count)
        return "  \(name)\(gap)\(local ? localValue ?? value : value)"
    }

    /// Returns the lines for `--help`.
    ///
    /// - Parameter local: whether the values of the local runtime are shown.
    package static func help(_ bounds: [Bound], local: Bool) -> String {
        let width = bounds.map(\.name.count).max() ?? 0
        let lines = bounds.map { $0.line(width: width, local: local) }
        return (["Limits; docs/guide/bounds.md says what happens beyond them:", ""] + lines)
            .joined(separator: "\n")
    }

    // MARK: Values as texts

    package static func bytes(_ count: Int) -> String {
        if count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
        return count % 1024 == 0 ? "\(grouped(count >> 10)) KiB" : "\(grouped(count)) bytes"
    }

    package static func grouped(_ number: Int) -> String {
        var digits = Substring(String(number))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    package static func time(_ duration: Duration) -> String {
        "\(grouped(Int(duration.components.seconds))) s"
    }
}
