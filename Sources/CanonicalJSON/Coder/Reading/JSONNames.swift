/// The names of an object's members, and where their values are.
///
/// A document keeps those of its last object, because a state is read again and again with the same names: to compare
/// them costs a small part of what it takes to make strings of them and to hash these.
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
            rests.append(contentsOf: text.dropFirst(8))
            guard rests.count <= Self.mostBytes else { return nil }
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
