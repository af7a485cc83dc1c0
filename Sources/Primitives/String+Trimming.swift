extension String {
    /// Without the spaces at both ends; other white space stays.
    package var trimmedOfSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
