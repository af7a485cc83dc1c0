import Foundation

/// Bytes of memory that a process has, of which other processes may share some.
///
/// - Parameter process: its id, or `self`.
func residentBytes(of process: String = "self") throws -> Double {
    let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
    let words = text?.split(separator: " ") ?? []
    guard words.count > 1, let pages = Double(words[1]) else {
        throw Unmeasurable("the memory of a process")
    }
    return pages * Double(getpagesize())
}

struct Unmeasurable: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "This benchmark cannot find out \(what) on this system." }
}
