// For packages that ask for more than they need.
export default {};
