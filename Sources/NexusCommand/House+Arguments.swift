internal import Commands
internal import Foundation
public import Nexus

/// The flags `--sealed` and `--seats`.
extension House {
    init(_ arguments: Arguments) throws(UsageError) {
        let seats = arguments.text("--seats")
        guard arguments.isOn("--sealed") else {
            if seats != nil {
                throw UsageError(
                    "\(arguments.called("--seats")) needs --sealed: an open shop sells any seat.")
            }
            self = .open
            return
        }
        do {
            self = try .sealed(seats.map(Self.ids) ?? House.open.seats)
        } catch {
            throw UsageError("\(arguments.called("--seats")): \(error).")
        }
    }

    /// A number, or what stands in a file.
    private static func ids(_ text: String) throws -> [String] {
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let count = Int(text), (1...limit).contains(count) else {
                throw SeatsUnreadable(description: "a number from 1 to \(limit), not '\(text)'")
            }
            return numbered(count)
        }
        guard let file = try? String(contentsOfFile: text, encoding: .utf8) else {
            throw SeatsUnreadable(
                description: "'\(text)' is neither a number nor a file that can be read")
        }
        return file.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// For the lines at the start.
    public var sentence: String {
        isSealed
            ? "It is sealed: buyers can only book and look, \(seats.count) seats are for sale, and sold "
                + "out is sold out."
            : "It is open, as a game: everybody may call every handler, and the fiftieth sale starts "
                + "anew. --sealed is for a real sale."
    }
}

extension NexusSettings {
    /// For the lines at the start: what kind of shop it is, and who may look after it.
    public var sentences: String {
        [house.sentence, operatorAccess.sentence].compactMap { $0 }.joined(separator: "\n")
    }
}

extension House {
    /// A seat for an example in a shell and in JSON; nil if none can be written without quoting.
    public var exampleSeat: String? {
        seats.first { seat in
            seat.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || "-_.".utf8.contains(byte)
            }
        }
    }
}

private struct SeatsUnreadable: Error, CustomStringConvertible {
    let description: String
}
