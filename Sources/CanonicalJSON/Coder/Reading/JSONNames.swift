/// The names of the last two objects that a document has read by a table of names.
///
/// A state is read again and again with the same names: to compare them costs a small part of what it takes to make
/// strings of them and to hash these. There are two, because a state may have two dictionaries.
struct JSONRecentNames {
    private var last: JSONNames?
    private var other: JSONNames?
    /// How many objects in a row had other names.
    private var misses = 0

    /// Where objects differ all the time, names are kept of few: to keep them takes a sixth of reading them.
    private static let hopefulMisses = 4
    private static let triedOnceIn = 32

    mutating func places(of object: Int, in document: JSONDocument) -> [String: Int]? {
        if let last, last.fit(object, in: document) {
            misses = 0
            return last.places
        }
        if let other, other.fit(object, in: document) {
            misses = 0
            swap(&last, &self.other)
            return other.places
        }
        misses &+= 1
        return nil
    }

    mutating func keep(_ places: [String: Int], of object: Int, in document: JSONDocument) {
        guard misses <= Self.hopefulMisses || misses % Self.triedOnceIn == 0,
            let names = JSONNames(places, of: object, in: document)
        else { return }
        other = last
        last = names
    }
}

/// The names of an object's members, and where their values are.
final class JSONNames {
    /// Where the value of each name is, in nodes behind the object's own.
    let places: [String: Int]
    /// The members in the order of the text.
    private let members: [Member]
    /// What the names have behind their first eight bytes, one after the other.
    private let rests: [UInt8]

    private struct Member {
        /// The first eight bytes of the name, as the text spells it.
        var prefix: UInt64
        var length: Int
        var place: Int
    }

    /// Names of more members, or longer ones, are not worth the memory until the next object comes.
    private static let mostMembers = 256
    private static let mostBytes = 4096

    /// Returns nil for names that are not worth keeping.
    init?(_ places: [String: Int], of object: Int, in document: JSONDocument) {
        guard places.count <= Self.mostMembers else { return nil }
        var members: [Member] = []
        members.reserveCapacity(places.count)
        var rests: [UInt8] = []
        var name = object + 1
        for _ in 0..<places.count {
            let text = document.text(at: name)
            members.append(
                Member(
                    prefix: JSONText.prefix(of: text), length: text.count, place: name + 1 - object)
            )
            let rest = text.dropFirst(8)
            guard rests.count + rest.count <= Self.mostBytes else { return nil }
            rests.append(contentsOf: rest)
            name = document.end(of: name + 1)
        }
        self.places = places
        self.members = members
        self.rests = rests
    }

    /// Whether the object has the same names in the same order, and its values in as many nodes.
    func fit(_ object: Int, in document: JSONDocument) -> Bool {
        guard members.count == Int(document.nodes[object].length) else { return false }
        var rest = 0
        var name = object &+ 1
        for member in members {
            let text = document.text(at: name)
            guard name &+ 1 == object &+ member.place, text.count == member.length,
                JSONText.prefix(of: text) == member.prefix
            else { return false }
            if text.count > 8 {
                for byte in text[8...] {
                    guard byte == rests[rest] else { return false }
                    rest &+= 1
                }
            }
            name = document.end(of: name &+ 1)
        }
        return true
    }
}
