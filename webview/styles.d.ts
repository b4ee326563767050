/** Style sheets are bundled beside their panel's script. */
declare module "*.css";
